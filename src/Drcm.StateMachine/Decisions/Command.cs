using System.Collections.Immutable;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.StateMachine.Decisions;

/// <summary>A question to <see cref="Decider.Decide"/>: what, if anything, shall happen?</summary>
public abstract record Command
{
    private protected Command()
    {
    }
}

/// <summary>Run the cluster by this canonical text.</summary>
/// <param name="View">Needed to change a voter: every node that is up must have reported the configuration in force (O11).</param>
public sealed record Configure(string Definition, LeaderView? View = null) : Command;

/// <summary>The leader's view changed, or time passed: what follows? Level-triggered; asking twice does no harm.</summary>
public sealed record Observe(LeaderView View) : Command;

public sealed record SetStandby(NodeId Node) : Command;

public sealed record Activate(NodeId Node) : Command;

/// <param name="Target">Null: back under the placement rules (clears an earlier request).</param>
public sealed record RequestMove(SlotId Slot, NodeId? Target) : Command;

public sealed record ClearFailures(SlotId Slot) : Command;

public sealed record EnterMaintenance : Command;

public sealed record LeaveMaintenance : Command;

public sealed record ConfirmFenced(NodeId Node, string By) : Command;

/// <summary>What the leader knows beyond the log, by its own clock.</summary>
public sealed record LeaderView
{
    /// <summary>Nothing heard: what a new leader knows at first.</summary>
    public static LeaderView Blind { get; } = new()
    {
        Reports = ImmutableSortedDictionary<NodeId, HeardReport>.Empty,
        LeadingFor = TimeSpan.Zero,
        UpFor = ImmutableSortedDictionary<NodeId, TimeSpan>.Empty,
    };

    /// <summary>Newest report of each node heard, the leader's own included.</summary>
    public required ImmutableSortedDictionary<NodeId, HeardReport> Reports { get; init; }

    /// <summary>How long this leader has led.</summary>
    public required TimeSpan LeadingFor { get; init; }

    /// <summary>How long each node has been up, as far as this leader has seen; for delayed failback.</summary>
    public required ImmutableSortedDictionary<NodeId, TimeSpan> UpFor { get; init; }

    /// <summary>Failure counts that are older than the expiry (10 min by default).</summary>
    public ImmutableArray<(SlotId Slot, NodeId Node)> ExpiredFailures { get; init; } = [];
}

/// <summary>A node's newest report and how long ago it came.</summary>
public sealed record HeardReport(NodeReport Report, bool IsFresh);

/// <param name="Events">What shall be appended, in order, with reasons; empty: nothing to do.</param>
/// <param name="Refusals">Why something asked for shall not happen: one sentence each, for the operator.</param>
public sealed record Decision(ImmutableArray<ReasonedEvent> Events, ImmutableArray<string> Refusals)
{
    public static Decision Nothing { get; } = new([], []);
}
