using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Property.Tests.Decisions;

/// <summary>What one slot does on one host.</summary>
internal sealed class ModelRun
{
    public required LogIndex Token { get; init; }

    public RunPhase Phase { get; set; }

    public int Failures { get; set; }

    public string Detail { get; set; } = "";

    public bool IsConflict { get; set; }

    public SlotReport ReportFor(SlotId slot) => new(slot, Token, Phase, Failures, Detail) { IsConflict = IsConflict };
}

/// <summary>A host that does as it is told, unless the test says otherwise.</summary>
internal sealed class ModelHost(NodeId id)
{
    /// <summary>Then it backs off for longer than a test lasts.</summary>
    private const int FailuresMax = 3;

    public NodeId Id { get; } = id;

    public long Incarnation { get; private set; }

    public int Boot { get; private set; }

    /// <summary>Counts the spools that it has had.</summary>
    public int Spool { get; private set; } = 1;

    /// <summary>The daemon runs and the leader hears it.</summary>
    public bool IsHeard { get; set; }

    public bool IsAlive { get; private set; }

    public bool IsLeaving { get; set; }

    public string Trouble { get; set; } = "";

    public bool HoldsExclusive { get; set; }

    /// <summary>Null: keeps up with the log.</summary>
    public LogIndex? AppliedAt { get; set; }

    public SortedDictionary<SlotId, ModelRun> Runs { get; } = [];

    public SortedDictionary<NodeId, Expiry> Expiries { get; } = [];

    public SortedSet<SlotId> Unstoppable { get; } = [];

    /// <summary>Starts and stops nothing: scripts hang.</summary>
    public bool IsStuck { get; set; }

    public SortedSet<SlotId> Unstartable { get; } = [];

    public NodeReport? LastReport { get; private set; }

    public void BootAnew()
    {
        Boot++;
        Runs.Clear();
        Restart();
    }

    /// <summary>The daemon starts on an empty spool: its promises are gone.</summary>
    public void Wipe()
    {
        Spool++;
        Expiries.Clear();
        Restart();
    }

    /// <summary>A new incarnation; what runs stays.</summary>
    public void Restart()
    {
        Incarnation++;
        IsAlive = IsHeard = true;
        IsLeaving = false;
        foreach (var run in Runs.Values) run.Failures = 0;
    }

    public void Die()
    {
        IsAlive = IsHeard = IsLeaving = false;
        Runs.Clear();
    }

    public void Refresh(ClusterState state) => LastReport = new NodeReport
    {
        Node = Id,
        Incarnation = new Incarnation(Incarnation),
        BootId = $"boot-{Boot}",
        Identity = $"spool-{Spool}",
        Applied = AppliedAt ?? state.Version,
        Epoch = state.Nodes.GetValueOrDefault(Id)?.Epoch ?? default,
        ConfigDigest = "",
        IsLeaving = IsLeaving,
        Trouble = Trouble,
        HoldsExclusive = HoldsExclusive,
        Slots = [.. Runs.Select(r => r.Value.ReportFor(r.Key))],
        Expiries = [.. Expiries.Values],
    };

    /// <summary>Follows the projection; true if something changed.</summary>
    public bool React(ClusterState state)
    {
        if (!IsAlive || IsStuck || AppliedAt is not null) return false;
        var changed = ForgetForeignRuns(state);
        foreach (var slot in state.Slots.Values)
        {
            if (slot.Owner == Id) changed |= ReactTo(slot);
        }
        foreach (var node in Expiries.Keys.ToArray())
        {
            if (state.Nodes.TryGetValue(node, out var known)
                && (known.Status != NodeStatus.Up || known.Round <= Expiries[node].Round)) continue;
            changed |= Expiries.Remove(node);
        }
        return changed;
    }

    private bool ReactTo(SlotState slot)
    {
        if (!Runs.TryGetValue(slot.Id, out var run) || run.Token != slot.Token)
            Runs[slot.Id] = run = new ModelRun { Token = slot.Token, Phase = RunPhase.Starting };
        var before = (run.Phase, run.Failures);
        if (slot.Phase is SlotPhase.Revoked or SlotPhase.Unknown or SlotPhase.Releasing)
        {
            run.Phase = Unstoppable.Contains(slot.Id) ? RunPhase.Unknown : RunPhase.Stopped;
            if (run.Phase == RunPhase.Unknown) run.Detail = "stop timed out";
        }
        else if (Unstartable.Contains(slot.Id) && run.Failures < FailuresMax)
        {
            run.Failures++;
            run.Detail = "exit status 1";
        }
        else if (run.Phase == RunPhase.Starting && !Unstartable.Contains(slot.Id))
        {
            run.Phase = RunPhase.Started;
        }
        return before != (run.Phase, run.Failures);
    }

    private bool ForgetForeignRuns(ClusterState state)
    {
        var foreign = Runs.Keys.Where(s => state.Slots.GetValueOrDefault(s)?.Owner != Id).ToArray();
        foreach (var slot in foreign) Runs.Remove(slot);
        return foreign.Length > 0;
    }
}
