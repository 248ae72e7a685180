using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;
using Xunit;

namespace Drcm.Property.Tests.KeepAlive;

/// <summary>The rules that the log's side keeps, on the real Apply and Decide, with what the leader's core hears. The broken variant
/// gives them what the rule would have kept from them.</summary>
public sealed class LogRuleTests
{
    /// <summary>O2. n2 gave n3 up in round 2; that suspicion is closed and n2 acknowledges n3 again, but the leader n1 has only n2's old report
    /// when it loses n3 itself.</summary>
    [Theory]
    [InlineData(true, NodeStatus.Up)]
    [InlineData(false, NodeStatus.Down)]
    public void Death_ReportsOfAnOldRound_DoNotCount(bool rule, NodeStatus status)
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All with { RoundCounts = rule });
        bench.Hear(bench.KeepAlive(Cluster3.N2, expiries: new Expiry(Cluster3.N3, new LogIndex(2), false)));
        bench.Project(Cluster3.Apply(bench.State, new SuspicionClosed(Cluster3.N3)));
        bench.Pass(Cluster3.D * 1.2);
        Assert.Equal(status, Decided(bench).Nodes[Cluster3.N3].Status);
    }

    /// <summary>O3. One voter alone has lost n1: n1 holds its lease by the other two.</summary>
    [Theory]
    [InlineData(true, NodeStatus.Up)]
    [InlineData(false, NodeStatus.Down)]
    public void Death_OneVotersExpiry_IsNoMajority(bool rule, NodeStatus status)
    {
        ImmutableArray<NodeId> evidence = rule ? [Cluster3.N3] : Cluster3.All;
        var state = Cluster3.Apply(Cluster3.AllUp, new NodeDown(Cluster3.N1, new LogIndex(2), evidence));
        Assert.Equal(status, state.Nodes[Cluster3.N1].Status);
    }

    /// <summary>O5. n2 does not know yet that it died: it may still act on what it owned before.</summary>
    [Theory]
    [InlineData(true, NodeStatus.Down)]
    [InlineData(false, NodeStatus.Up)]
    public void Return_NodeThatHasNotReadOfItsDeath_Waits(bool rule, NodeStatus status)
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All);
        bench.Project(Cluster3.Apply(bench.State, new NodeDown(Cluster3.N2, new LogIndex(2), [Cluster3.N1, Cluster3.N3])));
        bench.Hear(bench.KeepAlive(Cluster3.N2, applied: rule ? 2 : 3));
        Assert.Equal(status, Decided(bench).Nodes[Cluster3.N2].Status);
    }

    /// <summary>O5. n2 knows of its death and still holds the address.</summary>
    [Theory]
    [InlineData(true, NodeStatus.Down)]
    [InlineData(false, NodeStatus.Up)]
    public void Return_NodeThatStillHoldsSomethingExclusive_Waits(bool rule, NodeStatus status)
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All);
        bench.Project(Cluster3.Apply(bench.State, new NodeDown(Cluster3.N2, new LogIndex(2), [Cluster3.N1, Cluster3.N3])));
        var keepAlive = bench.KeepAlive(Cluster3.N2);
        bench.Hear(keepAlive with { Report = keepAlive.Report with { HoldsExclusive = rule } });
        Assert.Equal(status, Decided(bench).Nodes[Cluster3.N2].Status);
    }

    /// <summary>O9, O10. n1's earlier run stopped the slot, or n1 stopped an earlier assignment: what runs now is another one.</summary>
    [Theory]
    [InlineData(3, 2, SlotPhase.Started)]
    [InlineData(4, 1, SlotPhase.Started)]
    [InlineData(4, 2, SlotPhase.Free)]
    public void Stopped_OfAnotherTokenOrRun_FreesNothing(long token, long incarnation, SlotPhase phase)
    {
        var state = Cluster3.Apply(Cluster3.AllUp, new SlotAssigned(Cluster3.Slot, Cluster3.N1));
        state = Cluster3.Apply(state, new ResourceStopped(Cluster3.Slot, new LogIndex(3), new Incarnation(1)),
            new SlotAssigned(Cluster3.Slot, Cluster3.N1), new NodeStarted(Cluster3.N1, new Incarnation(2), "boot-n1"),
            new ResourceStarted(Cluster3.Slot, new LogIndex(4), new Incarnation(2)));
        Assert.Equal(SlotPhase.Started, state.Slots[Cluster3.Slot].Phase);
        state = Cluster3.Apply(state, new ResourceStopped(Cluster3.Slot, new LogIndex(token), new Incarnation(incarnation)));
        Assert.Equal(phase, state.Slots[Cluster3.Slot].Phase);
    }

    private static ClusterState Decided(Bench bench)
    {
        var decision = Decider.Decide(bench.State, new Observe(Cluster3.View(bench.Core.HeardReports(bench.Now))));
        return Cluster3.Apply(bench.State, [.. decision.Events.Select(e => e.Event)]);
    }
}
