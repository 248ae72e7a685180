using Drcm.TestHosts;

namespace Drcm.Chaos.Faults;

/// <summary>One step of a run: faults at one moment, healed together.</summary>
/// <param name="Hold">From the last fault to the healing.</param>
/// <param name="HasMajority">Enough hosts are left alone for a majority.</param>
internal sealed record FaultStep(int Number, Fault[] Faults, TimeSpan Hold, bool HasMajority)
{
    /// <summary>Key of the report.</summary>
    public string Kind =>
        !HasMajority ? "no majority" : Faults.Length > 1 ? "two at once" : Fault.Words(Faults[0].Kind);

    public override string ToString() =>
        FormattableString.Invariant($"{string.Join(" and ", (object[])Faults)}, for {Hold.TotalMilliseconds:0} ms{(HasMajority ? "" : ", no majority")}");
}

/// <summary>Chooses steps from a seed alone. Every kind comes once, in random order, before any comes again.</summary>
/// <param name="hosts">3 or 5.</param>
/// <param name="deadAfter">D: faults are held for a part of it up to a few times as long.</param>
internal sealed class FaultSchedule(int seed, int hosts, TimeSpan deadAfter)
{
    private const double PairShare = 0.3;
    private const double MinorityShare = 0.12;
    private const double OwnerShare = 0.7;
    private const double HoldLeast = 0.2;
    private const double HoldMost = 2.5;

#pragma warning disable CA5394 // A schedule that can be had again, not a secret.
    private readonly Random _random = new(seed);
    private readonly Queue<FaultKind> _kinds = new();
    private int _number;

    public FaultStep Next()
    {
        var hold = deadAfter * (HoldLeast + (_random.NextDouble() * (HoldMost - HoldLeast)));
        var losesMajority = _random.NextDouble() < MinorityShare;
        var first = Choose(OwnerOrAny());
        Fault[] faults = losesMajority ? Majority(first) : _random.NextDouble() < PairShare ? Pair(first) : [first];
        return new FaultStep(++_number, faults, hold, !losesMajority);
    }

    /// <summary>Most faults befall those who own something: the homes, node1 to node3, first of all node1 and node2.</summary>
    private int OwnerOrAny() => _random.NextDouble() < OwnerShare ? _random.Next(1, 3) : _random.Next(1, hosts + 1);

    private Fault Choose(int host)
    {
        if (_kinds.Count == 0)
        {
            var kinds = Enum.GetValues<FaultKind>();
            _random.Shuffle(kinds);
            foreach (var kind in kinds) _kinds.Enqueue(kind);
        }
        return Make(_kinds.Dequeue(), host);
    }

    private Fault Make(FaultKind kind, int host)
    {
        int[] others = [.. Enumerable.Range(1, hosts).Where(n => n != host)];
        _random.Shuffle(others);
        int[] peers = kind switch
        {
            FaultKind.CutToSome => others[.._random.Next(1, others.Length)],
            FaultKind.CutOneWay => others[..(_random.Next(2) == 0 ? 1 : others.Length)],
            _ => [],
        };
        return new Fault(
            kind, host, [.. peers.Order()], kind is FaultKind.KillDaemon or FaultKind.KillBoth && _random.Next(2) == 0,
            _random.Next(2) == 0 ? LinkDirection.FromHost : LinkDirection.ToHost);
    }

    /// <summary>Another host only where a majority stays; else another fault of the same host.</summary>
    private Fault[] Pair(Fault first)
    {
        var host = hosts > 3 ? OwnerOrAny() : first.Host;
        var second = Choose(host);
        if (second.Kind == first.Kind && second.Host == first.Host) return [first];
        // A host that is gone cannot be harmed further: the power goes last.
        return second.Kind == FaultKind.HostGone || first.Kind != FaultKind.HostGone || second.Host != first.Host ? [first, second] : [second, first];
    }

    /// <summary>So many hosts are off or frozen that the rest is no majority.</summary>
    private Fault[] Majority(Fault first)
    {
        int[] victims = [.. Enumerable.Range(1, hosts)];
        _random.Shuffle(victims);
        FaultKind[] kinds = [FaultKind.StopDaemon, FaultKind.StopBoth, FaultKind.HostGone, FaultKind.KillDaemon];
        return
        [
            .. victims.Where(v => v != first.Host).Take(hosts / 2).Prepend(first.Host)
                .Select(v => Make(kinds[_random.Next(kinds.Length)], v) with { IsRestarted = false }),
        ];
    }
#pragma warning restore CA5394
}
