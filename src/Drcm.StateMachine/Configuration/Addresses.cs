using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Drcm.StateMachine.Configuration;

/// <summary>Literal IP addresses, strictly: no names, no zones (their numbers differ per host), no octal or short forms.</summary>
public static class Addresses
{
    private const int Ipv4Bits = 32;
    private const int Ipv6Bits = 128;

    /// <summary>The one spelling of an address; IPv4 mapped into IPv6 becomes IPv4.</summary>
    public static bool TryNormalize(string text, out string normalized)
    {
        normalized = "";
        if (!TryParse(text, out var address)) return false;
        normalized = address.ToString();
        return true;
    }

    /// <summary>A prefix length or, for IPv4, a dotted mask without holes.</summary>
    public static bool IsNetmask(string text, string address)
    {
        if (!TryParse(address, out var parsed)) return false;
        var isIpv4 = parsed.AddressFamily == AddressFamily.InterNetwork;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bits))
            return bits <= (isIpv4 ? Ipv4Bits : Ipv6Bits);
        if (!isIpv4 || !TryParse(text, out var mask) || mask.AddressFamily != AddressFamily.InterNetwork) return false;
        var bytes = mask.GetAddressBytes();
        var inverted = ~((uint)bytes[0] << 24 | (uint)bytes[1] << 16 | (uint)bytes[2] << 8 | bytes[3]);
        return (inverted & (inverted + 1)) == 0;
    }

    private static bool TryParse(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (!text.All(c => char.IsAsciiHexDigit(c) || c is '.' or ':')) return false;
        if (!text.Contains(':') && !IsDottedQuad(text)) return false;
        if (!IPAddress.TryParse(text, out var parsed)) return false;
        address = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return true;
    }

    private static bool IsDottedQuad(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 4 && parts.All(p =>
            byte.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var value) &&
            p.Length == value.ToString(CultureInfo.InvariantCulture).Length);
    }
}
