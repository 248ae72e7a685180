using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;

namespace Drcm.Property.Tests.Decisions;

internal delegate Applied ApplyRule(ClusterState state, LogIndex index, EventBatch batch);

internal delegate Decision DecideRule(ClusterState state, Command command);

/// <summary>A log, a leader and hosts, one decision at a time. Apply and Decide can be replaced by broken variants.</summary>
internal sealed class ModelCluster(ApplyRule apply, DecideRule decide)
{
    private const int RoundsMax = 200;

    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public ModelCluster() : this(Transition.Apply, Decider.Decide)
    {
    }

    public ClusterState State { get; private set; } = ClusterState.Empty;

    public List<(LogIndex Index, EventBatch Batch, Applied Applied)> Log { get; } = [];

    public SortedDictionary<NodeId, ModelHost> Hosts { get; } = [];

    public TimeSpan LeadingFor { get; set; }

    /// <summary>How long the leader has seen what is releasing.</summary>
    public TimeSpan ReleasingFor { get; set; }

    public SortedDictionary<NodeId, TimeSpan> UpFor { get; } = [];

    public List<(SlotId Slot, NodeId Node)> ExpiredFailures { get; } = [];

    /// <summary>Members of the log; the first voters until the leader changes them.</summary>
    public ImmutableSortedSet<NodeId>? LogMembers { get; set; }

    /// <summary>What the leader had done to the log's members.</summary>
    public List<LogStep> LogSteps { get; } = [];

    public NodeId Leader { get; set; } = new("n1");

    /// <summary>Entries of the engine between ours: a log has holes.</summary>
    public int Hole { get; set; }

    public ModelHost Host(NodeId id)
    {
        if (!Hosts.TryGetValue(id, out var host)) Hosts[id] = host = new ModelHost(id);
        return host;
    }

    public LeaderView View()
    {
        foreach (var host in Hosts.Values)
        {
            if (host.IsHeard) host.Refresh(State);
        }
        return new LeaderView
        {
            Reports = Hosts.Values.Where(h => h.LastReport is not null)
                .ToImmutableSortedDictionary(h => h.Id, h => new HeardReport(h.LastReport!, h.IsHeard)),
            LeadingFor = LeadingFor,
            ReleasingFor = State.Slots.Values.Where(s => s.Phase == SlotPhase.Releasing).ToImmutableSortedDictionary(s => s.Id, _ => ReleasingFor),
            UpFor = UpFor.ToImmutableSortedDictionary(),
            ExpiredFailures = [.. ExpiredFailures],
            Self = Leader,
            LogMembers = LogMembers,
        };
    }

    public Decision Ask(Command command)
    {
        var decision = decide(State, command);
        if (!decision.Events.IsEmpty) Append(decision.Events);
        return decision;
    }

    public Decision Observe()
    {
        var decision = Ask(new Observe(View()));
        ExpiredFailures.Clear();
        if (decision.LogStep is { } step && decision.Events.IsEmpty) Take(step);
        return decision;
    }

    /// <summary>The engine does as it is told.</summary>
    private void Take(LogStep step)
    {
        LogSteps.Add(step);
        switch (step.Kind)
        {
            case LogStepKind.Add: LogMembers = LogMembers!.Add(step.Node); break;
            case LogStepKind.Remove: LogMembers = LogMembers!.Remove(step.Node); break;
            case LogStepKind.Resign: Leader = LogMembers!.First(m => m != Leader); break;
        }
    }

    public Applied Append(ImmutableArray<ReasonedEvent> events)
    {
        var index = new LogIndex(State.Version.Value + 1 + Hole);
        var batch = EventCodec.Decode(EventCodec.Encode(new EventBatch(Epoch.AddSeconds(index.Value), "node:n1", events)));
        var applied = apply(State, index, batch);
        State = applied.State;
        Log.Add((index, batch, applied));
        if (LogMembers is null && !State.Voters.IsEmpty) LogMembers = State.Voters;
        return applied;
    }

    public bool React()
    {
        var changed = false;
        foreach (var host in Hosts.Values) changed |= host.React(State);
        return changed;
    }

    /// <summary>Decides and reacts until nothing moves any more; the last decision tells what is refused.</summary>
    public Decision Settle()
    {
        for (var round = 0; round < RoundsMax; round++)
        {
            var decision = Observe();
            if (!React() && decision.Events.IsEmpty && decision.LogStep is null) return decision;
        }
        throw new InvalidOperationException($"not settled after {RoundsMax} rounds");
    }
}
