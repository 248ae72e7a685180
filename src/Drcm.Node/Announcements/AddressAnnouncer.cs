using System.Collections.Immutable;
using System.Net;
using Drcm.Node.Addresses;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Announcements;

/// <summary>Tells the neighbours that a floating address is here now, so that they do not go on sending to the dead node until
/// their caches expire. Several times, because the first frames can be lost while a switch learns.</summary>
internal sealed class AddressAnnouncer(TimeProvider time)
{
    /// <summary>After the call; the first goes out at once.</summary>
    internal static readonly ImmutableArray<TimeSpan> Schedule =
    [
        TimeSpan.Zero, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1),
    ];

    /// <summary>Sends the whole schedule; do not wait for it before reporting the address as started. Looks before each round
    /// whether the address is still here and ends silently if not: an address that was released must not be announced.
    /// A failure is a warning in the result, never an exception: the address works without, only later.</summary>
    public async Task<AnnouncementResult> AnnounceAsync(IpAddressDefinition resource, CancellationToken cancellationToken)
    {
        if (!IPAddress.TryParse(resource.Address, out var address))
            return new AnnouncementResult(0, $"{resource.Address} is no IP address");
        var rounds = 0;
        var sent = TimeSpan.Zero;
        foreach (var due in Schedule)
        {
            if (due > sent) await Task.Delay(due - sent, time, cancellationToken);
            sent = due;
            try
            {
                if (!SendRound(address)) break;
                rounds++;
            }
            catch (IOException e)
            {
                return new AnnouncementResult(rounds, $"{address} was not announced to the neighbours ({e.Message}); clients on its link may take longer to find it");
            }
        }
        return new AnnouncementResult(rounds, "");
    }

    /// <summary>One round, for whoever has missed the others; says nothing if the address is not here or cannot be announced.</summary>
    public void AnnounceOnce(IPAddress address)
    {
        try
        {
            _ = SendRound(address);
        }
        catch (IOException)
        {
            // Said when the address came here; the next round is due later.
        }
    }

    /// <summary>False if the address is not on this host.</summary>
    private static bool SendRound(IPAddress address)
    {
        if (NetlinkAddresses.List().Find(a => a.Address.Equals(address)) is not { Interface: { } device }) return false;
        // A loopback cluster has no neighbours.
        if (device == "lo") return false;
        using var socket = PacketSocket.Open(device);
        foreach (var frame in AnnouncementFrames.For(address, socket.Mac)) socket.Send(frame);
        return true;
    }
}

/// <summary>What became of an announcement.</summary>
/// <param name="Rounds">How many rounds went out, at most four.</param>
/// <param name="Warning">Empty, or why not all of them, for the log.</param>
internal readonly record struct AnnouncementResult(int Rounds, string Warning);
