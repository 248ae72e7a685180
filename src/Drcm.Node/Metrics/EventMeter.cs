using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Audit;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.Node.Metrics;

/// <summary>Counts committed events and what they come to, as long as they are news: what was committed before this daemon's start is not counted. Written on the
/// loop's thread, read on any.</summary>
internal sealed class EventMeter
{
    private readonly long[] _events = new long[EventNames.All.Length];
    private readonly long[] _takeovers = new long[Enum.GetValues<AuditCause>().Length];
    private readonly long[] _failbacks = new long[Enum.GetValues<AuditCause>().Length];
    private readonly TakeoverWatch _watch = new();

    /// <param name="isNews">False: from before this daemon's start.</param>
    /// <param name="heardAgo">Since the newest keep-alive of a node; null: never heard.</param>
    public void Applied(TimeSpan now, ClusterState state, ImmutableArray<AppliedEvent> events, bool isNews, Func<NodeId, TimeSpan?> heardAgo)
    {
        if (!isNews)
        {
            _watch.Skip(state);
            return;
        }
        foreach (var applied in events)
        {
            if (!applied.IsEffective) continue;
            Interlocked.Increment(ref _events[Place(applied.Event.Event)]);
            if (applied.Event.Event is NodeDown down && heardAgo(down.Node) is { } silence) NodeMeters.Detected(silence);
        }
        foreach (var move in _watch.Applied(now, state, events, heardAgo))
        {
            Interlocked.Increment(ref (move.IsFailback ? _failbacks : _takeovers)[(int)move.Cause]);
            NodeMeters.Moved(move);
        }
    }

    public void Restored(ClusterState state) => _watch.Skip(state);

    /// <summary>Every event that there is, those that did not happen yet too: an increase can only be seen from a zero on.</summary>
    public IEnumerable<(string Name, long Count)> Events() => EventNames.All.Select((e, i) => (e.Name, Interlocked.Read(ref _events[i])));

    public IEnumerable<(AuditCause Cause, long Count)> Takeovers() => Counts(_takeovers);

    public IEnumerable<(AuditCause Cause, long Count)> Failbacks() => Counts(_failbacks);

    private static IEnumerable<(AuditCause Cause, long Count)> Counts(long[] counts) =>
        Enum.GetValues<AuditCause>().Select(c => (c, Interlocked.Read(ref counts[(int)c])));

    private static int Place(ClusterEvent happened)
    {
        var type = happened.GetType();
        for (var i = 0; i < EventNames.All.Length; i++)
        {
            if (EventNames.All[i].Type == type) return i;
        }
        throw new System.Diagnostics.UnreachableException(type.Name);
    }
}
