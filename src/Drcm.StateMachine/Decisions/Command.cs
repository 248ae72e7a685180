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
/// <param name="File">The file that an operator applied, word for word; empty: the first configuration, from the nodes' own files.</param>
public sealed record Configure(string Definition, string File = "") : Command;

/// <summary>The leader's view changed, or time passed: what follows? Level-triggered; asking twice does no harm.</summary>
public sealed record Observe(LeaderView View) : Command;

public sealed record SetStandby(NodeId Node) : Command;

public sealed record Activate(NodeId Node) : Command;

/// <param name="Target">Null: back under the placement rules (clears an earlier request).</param>
public sealed record RequestMove(SlotId Slot, NodeId? Target) : Command;

public sealed record ClearFailures(SlotId Slot) : Command;

public sealed record EnterMaintenance : Command;

public sealed record LeaveMaintenance : Command;

/// <param name="By">A fence agent, or an operator with the reason given.</param>
public sealed record ConfirmFenced(NodeId Node, string By) : Command
{
    /// <summary>Who hears the node now, as far as the leader knows; sorted. Empty as well for an agent's word, which the leader judges by itself.</summary>
    public ImmutableArray<NodeId> HeardBy { get; init; } = [];
}

/// <summary>The next step of a rotation of the auth key (O22).</summary>
/// <param name="Step">The one that shall hold.</param>
/// <param name="Fingerprint">SHA-256 of the new key in hex.</param>
/// <param name="Live">Nodes that must have confirmed the step before, beside those that are up in the log: heard just now.</param>
/// <param name="Confirmed">Those that have, durably.</param>
public sealed record AdvanceKeyRotation(
    KeyStep Step, string Fingerprint, ImmutableSortedSet<NodeId> Live, ImmutableSortedSet<NodeId> Confirmed) : Command;

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

    /// <summary>How long each releasing slot has been that, as far as this leader has seen; a new leader counts anew (O19).</summary>
    public ImmutableSortedDictionary<SlotId, TimeSpan> ReleasingFor { get; init; } = ImmutableSortedDictionary<SlotId, TimeSpan>.Empty;

    /// <summary>How long each node has needed fencing, as far as this leader has seen.</summary>
    public ImmutableSortedDictionary<NodeId, TimeSpan> FencingNeededFor { get; init; } = ImmutableSortedDictionary<NodeId, TimeSpan>.Empty;

    /// <summary>This leader's attempts; none: it has not tried.</summary>
    public ImmutableSortedDictionary<NodeId, FenceTries> FenceTries { get; init; } = ImmutableSortedDictionary<NodeId, FenceTries>.Empty;

    /// <summary>Attempts of this node, whomever they were for.</summary>
    public int FencedLastHour { get; init; }

    /// <summary>This release of the daemon can go on alone (T1 to T6).</summary>
    public bool KnowsSolo { get; init; }

    /// <summary>The leader itself.</summary>
    public NodeId Self { get; init; }

    /// <summary>Members of the log as its leader knows them; null: not known, nothing is changed.</summary>
    public ImmutableSortedSet<NodeId>? LogMembers { get; init; }

    /// <summary>Failure counts that are older than the expiry (10 min by default).</summary>
    public ImmutableArray<(SlotId Slot, NodeId Node)> ExpiredFailures { get; init; } = [];
}

/// <summary>A node's newest report and how long ago it came.</summary>
public sealed record HeardReport(NodeReport Report, bool IsFresh);

/// <param name="Events">What shall be appended, in order, with reasons; empty: nothing to do.</param>
/// <param name="Refusals">Why something asked for shall not happen: one sentence each, for the operator.</param>
/// <param name="LogStep">What the log's members shall become; it holds for the state that it was decided on.</param>
public sealed record Decision(ImmutableArray<ReasonedEvent> Events, ImmutableArray<string> Refusals, LogStep? LogStep = null)
{
    public static Decision Nothing { get; } = new([], []);

    /// <summary>A node to be fenced; holds for the state that it was decided on, and only if there are no events to append first.</summary>
    public FenceStep? FenceStep { get; init; }

    /// <summary>What the events of a command mean, for the operator who asked.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}
