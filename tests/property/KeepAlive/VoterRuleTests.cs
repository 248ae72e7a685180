using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;
using Xunit;

namespace Drcm.Property.Tests.KeepAlive;

/// <summary>The voter's rules: what n2 owes the cluster about n1. With the rule the promise holds, without it the same schedule breaks it.</summary>
public sealed class VoterRuleTests
{
    private static readonly NodeId N1 = Cluster3.N1;
    private static readonly TimeSpan A = Cluster3.D * 2;

    [Fact]
    public void Voter_GoodKeepAlive_Acknowledges()
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All);
        Assert.Equal(AnswerKind.Acknowledged, bench.Hear(bench.KeepAlive(N1)));
    }

    /// <summary>O2. n2 has expired n1 and reported it; n1 comes back on the same round.</summary>
    [Theory]
    [InlineData(true, AnswerKind.RefusedExpired)]
    [InlineData(false, AnswerKind.Acknowledged)]
    public void Voter_HasExpiredTheNode_Withholds(bool rule, AnswerKind answer)
    {
        var bench = Expired(ProtocolRules.All with { ExpiryWithholds = rule });
        Assert.Equal(answer, bench.Hear(bench.KeepAlive(N1)));
    }

    [Fact]
    public void Voter_SilenceOfD_ExpiresInTheCurrentRoundAndNotBefore()
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All);
        bench.Hear(bench.KeepAlive(N1));
        bench.Pass(Cluster3.D - TimeSpan.FromMilliseconds(10));
        Assert.Empty(Reported(bench, N1));
        bench.Pass(TimeSpan.FromMilliseconds(10));
        Assert.Equal(new Expiry(N1, new LogIndex(2), false), Assert.Single(Reported(bench, N1)));
        Assert.Contains(bench.Notes, n => n.StartsWith("expired n1 in round 2: no acknowledgement sent for 0.24 s", StringComparison.Ordinal));
    }

    [Fact]
    public void Voter_HearsAnExpiredNode_ReportsItAsHeardInAnswersToo()
    {
        var bench = Expired(ProtocolRules.All);
        bench.Hear(bench.KeepAlive(N1));
        Assert.Contains(new Expiry(N1, new LogIndex(2), true), bench.Answers.Single().Expiries);
        Assert.Contains(new Expiry(N1, new LogIndex(2), true), Reported(bench, N1));
    }

    /// <summary>O2. An old report, overtaken by a newer one, says that n3 has expired n1; the suspicion is over meanwhile.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public void Hearing_OvertakenReport_NewestCounts(bool rule, int expiries)
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All with { NewestReportCounts = rule });
        bench.Hear(bench.KeepAlive(Cluster3.N3, sequence: 2));
        bench.Hear(bench.KeepAlive(Cluster3.N3, sequence: 1, expiries: new Expiry(N1, new LogIndex(2), false)));
        Assert.Equal(expiries, Reported(bench, N1, by: Cluster3.N3).Count);
    }

    /// <summary>O4. n1 has not read the node.up that gave its old slots away.</summary>
    [Theory]
    [InlineData(true, AnswerKind.RefusedEpoch)]
    [InlineData(false, AnswerKind.Acknowledged)]
    public void Voter_NodeOnAnOldEpoch_Refuses(bool rule, AnswerKind answer)
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All with { EpochEchoed = rule });
        Assert.Equal(answer, bench.Hear(bench.KeepAlive(N1, epoch: 1)));
    }

    /// <summary>O4. A voter that knows of the death acknowledges nothing, whatever its own memory says.</summary>
    [Theory]
    [InlineData(true, AnswerKind.RefusedDown)]
    [InlineData(false, AnswerKind.Acknowledged)]
    public void Voter_NodeIsDownInItsProjection_Refuses(bool rule, AnswerKind answer)
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All with { DownRefused = rule });
        bench.Project(Cluster3.Apply(bench.State, new NodeDown(N1, new LogIndex(2), [Cluster3.N1, Cluster3.N3])));
        Assert.Equal(answer, bench.Hear(bench.KeepAlive(N1)));
    }

    [Fact]
    public void Voter_NodeKnowsANewerEpochThanTheVoter_WithholdsAndAcknowledgesOnceItHasReadIt()
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All);
        var down = Cluster3.Apply(bench.State, new NodeDown(N1, new LogIndex(2), [Cluster3.N1, Cluster3.N3]));
        bench.Project(down);
        Assert.Equal(AnswerKind.Withheld, bench.Hear(bench.KeepAlive(N1, epoch: 4, applied: 4)));
        bench.Project(Cluster3.Apply(down, new NodeUp(N1, new Incarnation(1))));
        Assert.Equal(AnswerKind.Acknowledged, bench.Answers.Single().Kind);
    }

    /// <summary>O4. A recorded keep-alive is played to the voter's next run: it would count as a vote for a node that may be gone.</summary>
    [Theory]
    [InlineData(true, AnswerKind.Introduced)]
    [InlineData(false, AnswerKind.Acknowledged)]
    public void Voter_KeepAliveMeantForItsEarlierRun_Introduces(bool rule, AnswerKind answer)
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All with { IncarnationEchoed = rule }, incarnation: 2);
        Assert.Equal(answer, bench.Hear(bench.KeepAlive(N1, echo: 1)));
    }

    /// <summary>O4. The same datagram again and again keeps a dead node alive in the voter's eyes.</summary>
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void Voter_ReplayedKeepAlive_CountsOnce(bool rule, int expiries)
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All with { ReplayWindow = rule });
        var recorded = bench.KeepAlive(N1);
        bench.Pass(Cluster3.D * 1.5, () => bench.Hear(recorded));
        Assert.Equal(expiries, Reported(bench, N1).Count);
    }

    /// <summary>O7. n1 hears nothing of the log but its datagrams flow: without the rule it holds its lease for ever.</summary>
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void Voter_NodeStandsStillBehindTheLog_IsExpired(bool rule, int expiries)
    {
        var bench = Lagging(ProtocolRules.All with { LagWithholds = rule });
        bench.Pass(A + (Cluster3.D * 1.2), () => bench.Hear(bench.KeepAlive(N1, applied: 2)));
        var reported = Reported(bench, N1);
        Assert.Equal(expiries, reported.Count);
        Assert.All(reported, e => Assert.False(e.IsHeard));
    }

    /// <summary>O7. The last acknowledgement was a moment ago: the owner's lease still runs when the voter gives it up too soon.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public void Voter_LaggingNode_IsExpiredOnlyDAfterTheLastAcknowledgement(bool rule, int expiries)
    {
        var bench = Lagging(ProtocolRules.All with { LagSafe = rule });
        bench.Pass(A + (Cluster3.D * 0.5), () => bench.Hear(bench.KeepAlive(N1, applied: 2)));
        Assert.Equal(expiries, Reported(bench, N1).Count);
    }

    [Fact]
    public void Voter_NodeThatLagsYetMoves_IsAcknowledged()
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All);
        for (var i = 0; i < 80; i++) bench.Project(Cluster3.Apply(bench.State, new AlertSent("")));
        long applied = 2;
        bench.Pass(A * 2, () => Assert.Equal(AnswerKind.Acknowledged, bench.Hear(bench.KeepAlive(N1, applied: applied++ / 4 * 4))));
    }

    /// <summary>O9. An earlier run of n1 is heard after its successor has introduced itself.</summary>
    [Theory]
    [InlineData(true, null)]
    [InlineData(false, AnswerKind.Acknowledged)]
    public void Voter_KeepAliveOfAnEarlierRun_IsNotHeard(bool rule, AnswerKind? answer)
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All with { StaleIncarnationRejected = rule });
        bench.Project(Cluster3.Apply(bench.State, new NodeStarted(N1, new Incarnation(2), "boot-n1")));
        Assert.Equal(answer, bench.Hear(bench.KeepAlive(N1, incarnation: 1)));
    }

    /// <summary>O9. n1 has rebooted within D: the old boot's lease may still run.</summary>
    [Theory]
    [InlineData(true, AnswerKind.Withheld)]
    [InlineData(false, AnswerKind.Acknowledged)]
    public void Voter_NewBootWithinD_Waits(bool rule, AnswerKind answer)
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All with { NewBootWaits = rule });
        bench.Hear(bench.KeepAlive(N1));
        bench.Pass(Cluster3.D / 2);
        Assert.Equal(answer, bench.Hear(bench.KeepAlive(N1, incarnation: 2, sequence: 1, boot: "second")));
    }

    [Fact]
    public void Voter_NewBootHeardForD_IsAcknowledgedWithoutADeath()
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All);
        bench.Hear(bench.KeepAlive(N1));
        AnswerKind? answer = null;
        long sequence = 1;
        bench.Pass(Cluster3.D * 1.5, () => answer = bench.Hear(bench.KeepAlive(N1, incarnation: 2, sequence: sequence++, boot: "second")));
        Assert.Equal(AnswerKind.Acknowledged, answer);
        Assert.Empty(Reported(bench, N1));
    }

    /// <summary>O14. n1 has left the definition and still owns the address: it keeps its lease for as long as stopping it in order takes.</summary>
    [Theory]
    [InlineData(true, AnswerKind.Acknowledged)]
    [InlineData(false, null)]
    public void Voter_NodeThatLeavesTheConfiguration_IsAcknowledgedUntilItHasStopped(bool rule, AnswerKind? answer)
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All with { LeavingHeard = rule });
        var without = Cluster3.Definition with
        {
            Resources = [],
            Nodes = [.. Cluster3.Definition.Nodes.Where(n => n.Id != N1).Select(n => n with { Backups = [] })],
        };
        bench.Project(Cluster3.Apply(bench.State, new SlotAssigned(Cluster3.Slot, N1)));
        bench.Project(Cluster3.Apply(bench.State, new ClusterConfigured(CanonicalText.Render(without))));
        Assert.Equal(answer, bench.Hear(bench.KeepAlive(N1)));
    }

    /// <summary>O20. The voter itself stood still: without the rule it wakes up and gives everybody up.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 2)]
    public void Voter_WakesFromAPauseOfItsOwn_StartsEveryCountAgain(bool rule, int expiries)
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All with { OwnPauseRestartsCounts = rule });
        bench.Freeze(Cluster3.D * 2);
        bench.Tick();
        Assert.Equal(expiries, bench.Core.HeardReports(bench.Now)[Cluster3.N2].Report.Expiries.Length);
    }

    [Fact]
    public void NoVoter_KeepAlives_AreHeardButNotAcknowledged()
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All, state: StateMachine.Cluster.ClusterState.Empty);
        Assert.Null(bench.Hear(bench.KeepAliveBeforeConfiguration(N1)));
        Assert.True(bench.Core.HeardReports(bench.Now)[N1].IsFresh);
        Assert.Null(bench.Core.LeaseEnd);
    }

    private static Bench Expired(ProtocolRules rules)
    {
        var bench = new Bench(Cluster3.N2, rules);
        bench.Pass(Cluster3.D * 1.1);
        Assert.Single(Reported(bench, N1));
        return bench;
    }

    private static Bench Lagging(ProtocolRules rules)
    {
        var bench = new Bench(Cluster3.N2, rules);
        bench.Project(Cluster3.Apply(bench.State, new AlertSent("something to read")));
        return bench;
    }

    private static IReadOnlyList<Expiry> Reported(Bench bench, NodeId about, NodeId? by = null) =>
        [.. bench.Core.HeardReports(bench.Now)[by ?? bench.Self].Report.Expiries.Where(e => e.Node == about)];
}
