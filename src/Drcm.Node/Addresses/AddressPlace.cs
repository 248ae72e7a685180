using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Drcm.Node.Scripts;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Addresses;

/// <summary>Where a row of <c>[CM_IPADDRS]</c> wants its address: the same as <c>ipv4addr.sh</c> reads in it.</summary>
internal static class AddressPlace
{
    /// <summary>Null with the problem and its remedy.</summary>
    /// <exception cref="IOException">The kernel did not answer.</exception>
    internal static PlacedAddress? Of(RouteSocket route, IpAddressDefinition ip, out LinkState? link, out string problem)
    {
        link = null;
        problem = $"{ip.Address} is no IP address; correct its row in cm.cfg";
        if (!IPAddress.TryParse(ip.Address, out var address)) return null;
        if (PrefixLength(ip.Netmask, address) is not { } prefix)
        {
            problem = $"netmask {ip.Netmask} is none for {address}; correct its row in cm.cfg";
            return null;
        }
        if (Choose(route, ResourceCalls.WithoutQuotes(ip.Interface), out var label) is not { } chosen)
        {
            problem = $"none of the interfaces {ip.Interface} exists; correct its row in cm.cfg";
            return null;
        }
        (link, problem) = (chosen, "");
        var isLabelled = address.AddressFamily == AddressFamily.InterNetwork && label.Length <= PlacedAddress.LabelCharsMax;
        return new PlacedAddress(chosen.Index, address, prefix) { Label = isLabelled ? label : "" };
    }

    /// <summary>From 24 or 255.255.255.0; null: neither.</summary>
    internal static int? PrefixLength(string netmask, IPAddress address)
    {
        if (!StateMachine.Configuration.Addresses.IsNetmask(netmask, address.ToString())) return null;
        if (int.TryParse(netmask, NumberStyles.None, CultureInfo.InvariantCulture, out var bits)) return bits;
        return BitOperations.PopCount(BitConverter.ToUInt32(IPAddress.Parse(netmask).GetAddressBytes()));
    }

    /// <summary>The first of the list that has a carrier, else the first that is up, else the first that exists.</summary>
    /// <param name="label">Its entry as written, with the alias.</param>
    private static LinkState? Choose(RouteSocket route, string column, out string label)
    {
        LinkState? best = null;
        label = "";
        foreach (var entry in column.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (route.Link(entry.Split(':')[0]) is not { } link || Rank(link) <= Rank(best)) continue;
            (best, label) = (link, entry);
        }
        return best;
    }

    private static int Rank(LinkState? link) => link switch
    {
        null => 0,
        { HasCarrier: true } => 3,
        { IsUp: true } => 2,
        _ => 1,
    };
}
