using System.Diagnostics;
using System.Net;

namespace Drcm.Consensus.Transport;

/// <summary>Who was not let in, or did not let us in, and why; for the log and for people. Bounded: the oldest is forgotten.</summary>
public sealed class RefusedPeers
{
    internal const string OtherKey = "it does not have this cluster's auth key";

    /// <summary>Remembered at one time.</summary>
    public const int PeersMax = 64;

    /// <summary>The same refusal is reported again after so long.</summary>
    private static readonly TimeSpan ReportAgain = TimeSpan.FromMinutes(1);
    private readonly Lock _sync = new();
    private readonly List<Refusal> _peers = [];

    /// <summary>Called for a refusal that is new, or was not reported for a minute; on a transport thread, must not block.</summary>
    public Action<IPAddress, string>? Reported { get; set; }

    /// <summary>Newest report last.</summary>
    public IReadOnlyList<(IPAddress Address, string Reason)> Newest
    {
        get
        {
            lock (_sync)
            {
                return [.. _peers.Select(p => (p.Address, p.Reason))];
            }
        }
    }

    /// <summary>Refused within <paramref name="window"/>: who tries again and again is in it, who was let in meanwhile soon is not. Newest last.</summary>
    public IReadOnlyList<(IPAddress Address, string Reason, TimeSpan Ago)> Within(TimeSpan window)
    {
        lock (_sync)
        {
            return [.. _peers.Select(p => (p.Address, p.Reason, Ago: Stopwatch.GetElapsedTime(p.NewestAt))).Where(p => p.Ago <= window).OrderByDescending(p => p.Ago)];
        }
    }

    internal void Note(IPAddress address, string reason)
    {
        lock (_sync)
        {
            var known = _peers.FindIndex(p => p.Address.Equals(address) && p.Reason == reason);
            var now = Stopwatch.GetTimestamp();
            if (known >= 0 && Stopwatch.GetElapsedTime(_peers[known].ReportedAt, now) < ReportAgain)
            {
                _peers[known] = _peers[known] with { NewestAt = now };
                return;
            }

            if (known >= 0 || _peers.Count == PeersMax)
            {
                _peers.RemoveAt(Math.Max(known, 0));
            }

            _peers.Add(new(address, reason, now, now));
        }

        Reported?.Invoke(address, reason);
    }

    private sealed record Refusal(IPAddress Address, string Reason, long ReportedAt, long NewestAt);
}
