using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Drcm.Node.Announcements;

namespace Drcm.Node.Addresses;

/// <summary>Asks the neighbours whether somebody has an address, before it is taken: ARP probes of RFC 5227 (sender 0.0.0.0, so that no cache is spoiled),
/// neighbour solicitations of RFC 4862 for IPv6. Fewer and faster than there: they are part of a takeover.</summary>
internal class NeighbourProbe
{
    internal const int Rounds = 3;

    /// <summary>Between two questions, and after the last one: 30 ms in all. Who is alive on the same segment answers within one or two; who is not heard in that time is heard by
    /// <see cref="Announcements.ClaimWatch"/> later.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Hardware address of who answers and is not this host; null: nobody, or it cannot be asked here (no right to, no Ethernet).</summary>
    public virtual Task<byte[]?> AskAsync(string device, IPAddress address, CancellationToken cancellationToken) =>
        Task.Run(() => Ask(device, address, cancellationToken), cancellationToken);

    internal static string Text(ReadOnlySpan<byte> mac) => Convert.ToHexStringLower(mac) is var hex
        ? string.Join(':', Enumerable.Range(0, hex.Length / 2).Select(i => hex.Substring(2 * i, 2)))
        : "";

    internal static byte[]? Ask(string device, IPAddress address, CancellationToken cancellationToken)
    {
        PacketSocket socket;
        try
        {
            socket = PacketSocket.Open(device, address.AddressFamily == AddressFamily.InterNetworkV6 ? PacketProtocol.IpV6 : PacketProtocol.Arp);
        }
        catch (IOException)
        {
            return null;
        }
        using (socket)
        {
            try
            {
                return Ask(socket, address, cancellationToken);
            }
            catch (IOException)
            {
                // The link went down: nobody hears, nobody answers.
                return null;
            }
        }
    }

    private static byte[]? Ask(PacketSocket socket, IPAddress address, CancellationToken cancellationToken)
    {
        var question = AnnouncementFrames.Question(address, socket.Mac);
        var buffer = new byte[PacketSocket.FrameBytesMax];
        for (var round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            socket.Send(question);
            var until = Clock.MonotonicClock.Now + Interval;
            for (var rest = Interval; rest > TimeSpan.Zero; rest = until - Clock.MonotonicClock.Now)
            {
                var count = socket.Receive(buffer, rest);
                var sender = AnnouncementFrames.AnswerFor(address, buffer.AsSpan(0, count));
                if (!sender.IsEmpty && !IsOwn(sender)) return sender.ToArray();
            }
        }
        return null;
    }

    /// <summary>An interface of this host has it.</summary>
    internal static bool IsOwn(ReadOnlySpan<byte> mac)
    {
        foreach (var own in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (mac.SequenceEqual(own.GetPhysicalAddress().GetAddressBytes())) return true;
        }
        return false;
    }
}
