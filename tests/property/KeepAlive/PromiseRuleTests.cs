using Drcm.StateMachine;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;
using Xunit;

namespace Drcm.Property.Tests.KeepAlive;

/// <summary>What a voter has promised outlives what it knows: floors, flushes, restarts (O5, O6).</summary>
public sealed class PromiseRuleTests
{
    private static readonly NodeId N1 = Cluster3.N1;

    /// <summary>O5. The floor is not on disk when the voter dies; it comes back with an old projection, and n1 is on its old epoch.</summary>
    [Theory]
    [InlineData(true, AnswerKind.RefusedEpoch)]
    [InlineData(false, AnswerKind.Acknowledged)]
    public void Voter_RestartsWithAnOldProjection_KeepsTheFloor(bool rule, AnswerKind answer)
    {
        var rules = ProtocolRules.All with { FloorKept = rule };
        var bench = new Bench(Cluster3.N2, rules) { FlushesAtOnce = false };
        var upAgain = Cluster3.Apply(
            Cluster3.Apply(bench.State, new NodeDown(N1, new LogIndex(2), [Cluster3.N1, Cluster3.N3])),
            new NodeUp(N1, new Incarnation(1)));
        bench.Project(upAgain);
        if (bench.Hear(bench.KeepAlive(N1)) != AnswerKind.Acknowledged)
        {
            bench.Flush();
            bench.Flush();
            Assert.Equal(AnswerKind.Acknowledged, bench.Answers.Last().Kind);
        }

        var restarted = new Bench(Cluster3.N2, rules, bench.File, Cluster3.AllUp, incarnation: 2);
        Assert.Equal(answer, restarted.Hear(restarted.KeepAlive(N1, epoch: 2)));
    }

    [Fact]
    public void Voter_SuspicionClosed_LiftsAndAcknowledgesOnceThatIsOnDisk()
    {
        var bench = Expired(ProtocolRules.All);
        bench.FlushesAtOnce = false;
        bench.Project(Cluster3.Apply(bench.State, new SuspicionClosed(N1)));
        Assert.Equal(AnswerKind.Withheld, bench.Hear(bench.KeepAlive(N1)));
        bench.Flush();
        Assert.Equal(AnswerKind.Acknowledged, bench.Answers.Last().Kind);
        Assert.Null(bench.File.Promises[N1].ExpiredInRound);
    }

    /// <summary>O6. node.down does not end the promise: a lagging voter could otherwise acknowledge what a later round buries.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Voter_NodeDownApplied_PromiseStays(bool rule, bool stays)
    {
        var bench = Expired(ProtocolRules.All with { LiftNeedsUp = rule });
        bench.Project(Cluster3.Apply(bench.State, new NodeDown(N1, new LogIndex(2), [Cluster3.N2, Cluster3.N3])));
        Assert.Equal(stays, bench.File.Promises[N1].ExpiredInRound is not null);
    }

    /// <summary>O6. The report is out, the voter dies before the flush, comes back and acknowledges: the leader counts a promise that nobody keeps.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Voter_DiesBeforeThePromiseIsOnDisk_HasNotReportedIt(bool rule, bool broken)
    {
        var rules = ProtocolRules.All with { PromiseBeforeReport = rule };
        var bench = new Bench(Cluster3.N2, rules);
        bench.FlushesAtOnce = false;
        bench.Pass(Cluster3.D * 1.2);
        var reported = Reported(bench, N1).Count > 0;
        var restarted = new Bench(Cluster3.N2, rules, bench.File, incarnation: 2);
        var acknowledges = restarted.Hear(restarted.KeepAlive(N1)) == AnswerKind.Acknowledged;
        Assert.True(acknowledges);
        Assert.Equal(broken, reported && acknowledges);
    }

    [Fact]
    public void Voter_FlushFails_WithholdsDoesNotReportAndTriesAgain()
    {
        var bench = new Bench(Cluster3.N2, ProtocolRules.All);
        bench.FlushesAtOnce = false;
        bench.Pass(Cluster3.D);
        bench.Core.PromiseFailed(bench.Now, Assert.Single(bench.Unflushed).WriteId);
        bench.Unflushed.Clear();
        Assert.Equal(AnswerKind.Withheld, bench.Hear(bench.KeepAlive(N1)));
        Assert.Empty(Reported(bench, N1));
        bench.Pass(Cluster3.D / 4);
        bench.Flush();
        Assert.Single(Reported(bench, N1));
    }

    /// <summary>O6. The voter restarts: its promise must outlive it.</summary>
    [Theory]
    [InlineData(true, AnswerKind.RefusedExpired)]
    [InlineData(false, AnswerKind.Acknowledged)]
    public void Voter_Restarts_KeepsItsPromise(bool rule, AnswerKind answer)
    {
        var bench = Expired(ProtocolRules.All);
        var restarted = new Bench(Cluster3.N2, ProtocolRules.All with { PromiseKept = rule }, bench.File, incarnation: 2);
        Assert.Equal(answer, restarted.Hear(restarted.KeepAlive(N1)));
    }

    /// <summary>O6. The node restarts: the promise is about the node, not about one run of it.</summary>
    [Theory]
    [InlineData(true, AnswerKind.RefusedExpired)]
    [InlineData(false, AnswerKind.Acknowledged)]
    public void Voter_ExpiredNodeRestarts_PromiseIsPerNode(bool rule, AnswerKind answer)
    {
        var bench = Expired(ProtocolRules.All with { PromisePerNode = rule });
        var first = bench.Hear(bench.KeepAlive(N1, incarnation: 2, sequence: 1));
        Assert.Equal(answer, first == AnswerKind.Withheld ? bench.Hear(bench.KeepAlive(N1, incarnation: 2, sequence: 2)) : first);
    }

    private static Bench Expired(ProtocolRules rules)
    {
        var bench = new Bench(Cluster3.N2, rules);
        bench.Pass(Cluster3.D * 1.1);
        Assert.Single(Reported(bench, N1));
        return bench;
    }

    private static IReadOnlyList<Expiry> Reported(Bench bench, NodeId about, NodeId? by = null) =>
        [.. bench.Core.HeardReports(bench.Now)[by ?? bench.Self].Report.Expiries.Where(e => e.Node == about)];
}
