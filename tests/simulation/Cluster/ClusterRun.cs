using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;

namespace Drcm.Simulation.Cluster;

/// <summary>One run: a calm start, the story's faults with safety checked at every step, then everything is healed and every slot must be owned within
/// a time budget, and stay where it is.</summary>
internal sealed class ClusterRun(ClusterStory story, WorldRules rules)
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan CalmTime = TimeSpan.FromSeconds(5);

    /// <summary>What healing may take, of its parts one after the other: a failed stop or start is tried again after up to 30 s; starts wait 5 s for earlier
    /// kinds and stops for later ones; a slow start takes 4 s. To that come 4 D (given up as lagging, then silent, then waited for) and two elections.</summary>
    private static readonly TimeSpan BackoffsMax = TimeSpan.FromSeconds(30 + 5 + 5 + 4);

    private static readonly TimeSpan ElectionsMax = TimeSpan.FromSeconds(3);

    /// <summary>A cold start waits for initdead, then a daemon starts anew in the other one's generation and reads all of it.</summary>
    private static readonly TimeSpan PairMax = TimeSpan.FromSeconds(8);

    public World World { get; } = new(story.Seed, story.Definition, rules) { Snapshots = story.Snapshots };

    public ClusterStory Story => story;

    /// <summary>Empty: safe and live.</summary>
    public string Violation => World.Violation;

    /// <summary>From the end of the faults until everything was owned.</summary>
    public TimeSpan Settled { get; private set; }

    public ClusterRun Run(bool mustSettle)
    {
        World.RunFor(StartTime);
        foreach (var step in story.Steps)
        {
            World.RunFor(step.After);
            if (World.Violation.Length > 0) return this;
            FaultVerbs.Do(World, step);
        }
        if (mustSettle) Settle();
        else World.RunFor(CalmTime);
        return this;
    }

    private void Settle()
    {
        World.Heal();
        World.Say("--- everything is healed");
        var healed = World.Now;
        var isTroubled = World.Hosts.Values.Any(h => h.IsTroubled) || World.Truth.Nodes.Values.Any(n => n.Standby == StandbyKind.Trouble);
        var budget = BackoffsMax + ElectionsMax + (World.Definition.Timing.DeadAfter * 4) + (isTroubled ? World.TroubleMemory * 2 : TimeSpan.Zero)
            + (World.IsPair ? PairMax : TimeSpan.Zero);
        TimeSpan? since = null;
        // Somebody may have been given up wrongly just before: settled is what stays so for as long as that takes to show.
        var isSettled = World.RunUntil(
            () => (since = IsSettled() ? since ?? World.Now : null) is { } at && World.Now - at > World.InForce.Timing.DeadAfter * 2,
            budget + (World.Definition.Timing.DeadAfter * 2));
        if (!isSettled) if (!isSettled) World.Fail($"not every slot is owned {budget.TotalSeconds:0.0} s after everything was healed: {Unsettled()}");
        if (World.Violation.Length > 0) return;
        Settled = since!.Value - healed;
        var slots = World.Truth.Slots;
        World.RunFor(CalmTime);
        var moved = World.Truth.Slots.Values.Where(s => !slots.TryGetValue(s.Id, out var before) || before.Token != s.Token).Select(s => s.Id).ToArray();
        if (moved.Length > 0) World.Fail($"settled, and yet moved: {string.Join(", ", moved)}");
    }

    private bool IsSettled()
    {
        Undo();
        return World.Log.Leader is not null
            && World.Hosts.Values.All(h => h.IsTakingPart && !h.IsFencing)
            && World.Truth.Nodes.Values.All(n => n is { Status: NodeStatus.Up, Standby: StandbyKind.None })
            && World.IsSettled()
            && World.Hosts.Values.All(World.Log.Has)
            && World.Truth.Pair is not { IsSolo: true }
            && HasWantedVoters();
    }

    private bool HasWantedVoters() =>
        Topology.Of(World.Truth.Definition!).WantedVoters is var wanted
        && World.Truth.Voters.SetEquals(wanted)
        && wanted.SetEquals(World.Log.Members.Keys)
        && World.Hosts.Values.All(h => !World.Log.Members.ContainsKey(h.Id) || World.Log.IsMember(h));

    /// <summary>What operators and failures left is taken back as soon as there is somebody who could.</summary>
    private void Undo()
    {
        var truth = World.Truth;
        if (truth.Definition is null || World.Log.Leader is null) return;
        if (truth.InMaintenance) World.Log.Ask(new LeaveMaintenance());
        foreach (var node in truth.Nodes.Values)
        {
            if (node.Standby == StandbyKind.Operator) World.Log.Ask(new Activate(node.Id));
        }
        foreach (var slot in truth.Slots.Values)
        {
            if (slot.MoveTarget is not null && !slot.IsRetired) World.Log.Ask(new RequestMove(slot.Id, null));
            if (!slot.Failures.IsEmpty && !slot.IsRetired) World.Log.Ask(new ClearFailures(slot.Id));
        }
    }

    private string Unsettled() => string.Join(", ", World.Truth.Slots.Values
        .Where(s => s.Phase != SlotPhase.Started || s.Owner != s.Id.Home || !World.Hosts[s.Owner.Value].Runs(s.Id.Resource))
        .Select(s => $"{s.Id} {s.Phase} on '{s.Owner}'"));
}
