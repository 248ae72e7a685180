using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Property.Tests.KeepAlive.World;

/// <summary>A daemon's loop with the smallest possible reconciler, and the guard that outlives it.</summary>
internal sealed partial class LeaseWorld
{
    private void RunDaemon(WorldNode node)
    {
        Flush(node);
        Follow(node);
        Reconcile(node);
        node.Core.Report(ReportOf(node));
        Use(node, o => node.Core.Tick(node.Clock, o));
        if (node.Core.LeaseEnd is { } end) node.Deadline = end;
        else if (node.Core.Counters.AcknowledgementsHeard > 0 && node.Deadline > node.Clock) node.Deadline = node.Clock;
    }

    private void Flush(WorldNode node)
    {
        foreach (var flush in node.Flushes.Where(f => f.Tick <= Tick).ToArray())
        {
            node.Flushes.Remove(flush);
            if (_faultRate > 0 && _random.Chance(0.02))
            {
                node.Core.PromiseFailed(node.Clock, flush.Write.WriteId);
                continue;
            }
            node.File = flush.Write.Table;
            Use(node, o => node.Core.PromiseStored(node.Clock, flush.Write.WriteId, o));
        }
    }

    private void Follow(WorldNode node)
    {
        if (!IsOnLog(node) || !IsOnLog(Leader) || node.Applied >= LogLength || !_random.Chance(0.6)) return;
        node.Applied = Math.Min(LogLength, node.Applied + _random.Between(1, 6));
        Use(node, o => node.Core.Project(node.Clock, View(node), o));
    }

    private void Reconcile(WorldNode node)
    {
        var state = View(node);
        var mine = WorldNode.Mine(state, node.Id);
        var wanted = mine is { Phase: SlotPhase.Assigned or SlotPhase.Started } ? mine.Token : (LogIndex?)null;
        if (node.Running is { } running && running != wanted)
        {
            Stop(node, running, "as the log says");
        }
        if (node.StartUnderWay is { } start)
        {
            if (_rules.StoppedMeansGone && start.Token != wanted) node.StartUnderWay = null;
            else if (start.Tick <= Tick) FinishStart(node, start.Token);
        }
        var isIdle = node.Running is null && (node.StartUnderWay is null || !_rules.StoppedMeansGone);
        if (isIdle && mine is { Phase: SlotPhase.Revoked }) Bury(node, mine.Token);
        if (node.Running is null && node.StartUnderWay is null && wanted is { } token && MayStart(node, state, token))
            node.StartUnderWay = (Tick + (_random.Chance(0.15) ? _random.Between(3, 20) : _random.Below(3)), token);
    }

    private bool MayStart(WorldNode node, ClusterState state, LogIndex token)
    {
        var isIntroduced = state.Nodes[node.Id].Incarnation.Value == node.Incarnation;
        return node.Core.HoldsLease(node.Clock + TickLength)
            && (isIntroduced || !_rules.IntroducesItself)
            && (!node.DeadTokens.Contains(token) || !_rules.StoppedIsFinal);
    }

    private void FinishStart(WorldNode node, LogIndex token)
    {
        node.StartUnderWay = null;
        if (_rules.StartsDieWithTheLease && node.Clock > node.Deadline) return;
        node.Running = token;
        Say($"{node.Id} STARTS it under token {token} (has applied {node.Applied} of {LogLength})");
    }

    private NodeReport ReportOf(WorldNode node)
    {
        var mine = WorldNode.Mine(View(node), node.Id);
        SlotReport? report = null;
        if (node.Running is { } running) report = Told(running, RunPhase.Started);
        else if (mine is not null && node.DeadTokens.Contains(mine.Token)) report = Told(mine.Token, RunPhase.Stopped);
        else if (mine is not null) report = Told(mine.Token, RunPhase.Starting);
        else if (node.LastStopped is { } last) report = Told(last, RunPhase.Stopped);
        return new NodeReport
        {
            Node = node.Id,
            Incarnation = default,
            BootId = "",
            Applied = default,
            Epoch = default,
            ConfigDigest = "",
            HoldsExclusive = node.Running is not null || node.StartUnderWay is not null,
            Slots = report is null ? [] : [report],
        };

        static SlotReport Told(LogIndex token, RunPhase phase) => new(Cluster3.Slot, token, phase, 0, "");
    }

    private void RunGuard(WorldNode node)
    {
        if (node.Running is not { } running || node.Clock <= node.Deadline)
        {
            node.ReleaseAt = null;
            return;
        }
        var longest = (int)(ReleaseTicks / node.Rate) - 1;
        node.ReleaseAt ??= Tick + (_random.Chance(0.5) ? longest : _random.Below(longest + 1));
        if (Tick < node.ReleaseAt) return;
        node.ReleaseAt = null;
        Stop(node, running, "by its guard");
    }

    private void Stop(WorldNode node, LogIndex token, string how)
    {
        node.Running = null;
        if (node.IsThere(Tick)) Bury(node, token);
        Say($"{node.Id} stops token {token} {how}");
    }

    private static void Bury(WorldNode node, LogIndex token)
    {
        node.DeadTokens.Add(token);
        node.LastStopped = token;
    }
}
