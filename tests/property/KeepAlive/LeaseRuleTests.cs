using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;
using Xunit;

namespace Drcm.Property.Tests.KeepAlive;

/// <summary>The sender's rules, one schedule for each: with the rule the promise holds, without it the same schedule breaks it.</summary>
public sealed class LeaseRuleTests
{
    private static readonly TimeSpan Interval = Cluster3.Definition.Timing.KeepAliveInterval;
    private static readonly TimeSpan Lease = Cluster3.Definition.Timing.Lease;

    /// <summary>O1. A witness to one owner only: n1 votes for itself and reaches nobody.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Lease_OnlyOneVoterOfThreeAcknowledges_NeedsAMajority(bool rule, bool held)
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All with { MajorityLease = rule });
        bench.Pass(Interval * 3);
        Assert.Equal(held, bench.Core.HoldsLease(bench.Now));
    }

    [Fact]
    public void Lease_MajorityAcknowledges_EndsLAfterTheSendTime()
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All);
        var keepAlive = bench.NextKeepAlive(Cluster3.N2);
        var sentAt = bench.Now;
        bench.Freeze(TimeSpan.FromMilliseconds(7));
        bench.Hear(bench.Answer(Cluster3.N2, keepAlive, AnswerKind.Acknowledged));
        Assert.Equal(sentAt + Lease, bench.Core.LeaseEnd);
        Assert.True(bench.Core.HoldsLease(sentAt + Lease - TimeSpan.FromTicks(1)));
        Assert.False(bench.Core.HoldsLease(sentAt + Lease));
    }

    /// <summary>O1. The acknowledgement is late: the voter may have counted since it sent it, and so does the lease.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Lease_AcknowledgementArrivesAfterL_CountsFromTheSendTime(bool rule, bool held)
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All with { LeaseFromSendTime = rule });
        var keepAlive = bench.NextKeepAlive(Cluster3.N2);
        bench.Pass(Lease);
        bench.Hear(bench.Answer(Cluster3.N2, keepAlive, AnswerKind.Acknowledged));
        Assert.Equal(held, bench.Core.HoldsLease(bench.Now));
    }

    /// <summary>O8. A host whose clock stood still wakes with a lease that looks valid: the first refusal ends it.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Lease_RefusedByAVoter_IsGivenUpAtOnce(bool rule, bool held)
    {
        var bench = Holding(ProtocolRules.All with { RefusalReleases = rule });
        var keepAlive = bench.NextKeepAlive(Cluster3.N3);
        bench.Hear(bench.Answer(Cluster3.N3, keepAlive, AnswerKind.RefusedExpired, new Expiry(Cluster3.N1, new LogIndex(2), true)));
        Assert.Equal(held, bench.Core.HoldsLease(bench.Now));
    }

    [Theory]
    [InlineData(AnswerKind.RefusedEpoch)]
    [InlineData(AnswerKind.RefusedDown)]
    public void Lease_RefusedForItsEpoch_IsGivenUpAtOnce(AnswerKind kind)
    {
        var bench = Holding(ProtocolRules.All);
        bench.Hear(bench.Answer(Cluster3.N3, bench.NextKeepAlive(Cluster3.N3), kind));
        Assert.False(bench.Core.HoldsLease(bench.Now));
    }

    [Fact]
    public void Lease_RefusalOfAnOldRound_IsKept()
    {
        var bench = Holding(ProtocolRules.All);
        var keepAlive = bench.NextKeepAlive(Cluster3.N3);
        bench.Hear(bench.Answer(Cluster3.N3, keepAlive, AnswerKind.RefusedExpired, new Expiry(Cluster3.N1, new LogIndex(1), true)));
        Assert.True(bench.Core.HoldsLease(bench.Now));
    }

    [Fact]
    public void Lease_RefusalOvertakenByANewerAcknowledgement_IsKept()
    {
        var bench = Holding(ProtocolRules.All);
        var old = bench.NextKeepAlive(Cluster3.N3);
        var refusal = bench.Answer(Cluster3.N3, old, AnswerKind.RefusedExpired, new Expiry(Cluster3.N1, new LogIndex(2), true));
        bench.Hear(bench.Answer(Cluster3.N3, bench.NextKeepAlive(Cluster3.N3), AnswerKind.Acknowledged));
        bench.Hear(refusal);
        Assert.True(bench.Core.HoldsLease(bench.Now));
    }

    [Fact]
    public void Lease_OneVoterKeepsRefusingWhileTheOthersAcknowledge_ComesBackAndStays()
    {
        var bench = Holding(ProtocolRules.All);
        for (var i = 0; i < 6; i++)
        {
            var third = bench.NextKeepAlive(Cluster3.N3);
            var second = bench.Sent.OfType<KeepAliveMessage>().Last(m => m.To == Cluster3.N2);
            bench.Hear(bench.Answer(Cluster3.N2, second, AnswerKind.Acknowledged));
            bench.Hear(bench.Answer(Cluster3.N3, third, AnswerKind.RefusedExpired, new Expiry(Cluster3.N1, new LogIndex(2), true)));
            Assert.Equal(i > 0, bench.Core.HoldsLease(bench.Now));
        }
    }

    /// <summary>O4, O9. What was answered to an earlier life is worth nothing to this one.</summary>
    [Fact]
    public void Lease_AcknowledgementForAnEarlierIncarnation_DoesNotCount()
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All, incarnation: 2);
        var keepAlive = bench.NextKeepAlive(Cluster3.N2);
        bench.Hear(bench.Answer(Cluster3.N2, keepAlive, AnswerKind.Acknowledged) with { ToIncarnation = new Incarnation(1) });
        Assert.Null(bench.Core.LeaseEnd);
    }

    [Fact]
    public void Lease_OwnDeathApplied_IsOver()
    {
        var bench = Holding(ProtocolRules.All);
        bench.Project(Cluster3.Apply(bench.State,
            new StateMachine.Events.NodeDown(Cluster3.N1, new LogIndex(2), [Cluster3.N2, Cluster3.N3])));
        Assert.Null(bench.Core.LeaseEnd);
    }

    [Fact]
    public void Lease_LaterRunOfTheSameNodeIntroduced_IsOver()
    {
        var bench = Holding(ProtocolRules.All);
        bench.Project(Cluster3.Apply(bench.State,
            new StateMachine.Events.NodeStarted(Cluster3.N1, new Incarnation(2), "boot-n1")));
        Assert.Null(bench.Core.LeaseEnd);
    }

    [Fact]
    public void SendNow_CalledAgainWithinTheSpacing_WaitsForIt()
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All);
        var keepAlive = bench.NextKeepAlive(Cluster3.N2);
        var outputs = new LeaseOutputs();
        bench.Core.SendNow(bench.Now, outputs);
        Assert.Empty(outputs.Messages);
        Assert.Equal(bench.Now + LeaseCore.ExtraSendSpacing, bench.Core.NextWake);
        bench.Core.Tick(bench.Core.NextWake, outputs);
        Assert.Equal(2, outputs.Messages.Count);
        Assert.True(outputs.Messages[0].Message.Sequence > keepAlive.Sequence);
    }

    [Fact]
    public void Receive_IntroductionOfAPeer_IsAskedAgainAtOnceWithItsIncarnation()
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All);
        var keepAlive = bench.NextKeepAlive(Cluster3.N2);
        Assert.Equal(new Incarnation(0), keepAlive.ToIncarnation);
        bench.Hear(bench.Answer(Cluster3.N2, keepAlive, AnswerKind.Introduced));
        var again = Assert.IsType<KeepAliveMessage>(Assert.Single(bench.Sent));
        Assert.Equal((Cluster3.N2, new Incarnation(1)), (again.To, again.ToIncarnation));
    }

    [Fact]
    public void Report_MoreSlotsThanADatagramHolds_TellsTheMovingOnesFirstAndAllInTurn()
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All);
        var codec = new MessageCodec(new byte[32]);
        var slots = Enumerable.Range(0, 3000).Select(i => new SlotReport(
            new SlotId(new ResourceId(ResourceKind.Service, $"service-{i}"), Cluster3.N1), new LogIndex(i),
            i == 2999 ? RunPhase.Stopped : RunPhase.Started, 0, "")).ToArray();
        bench.Core.Report(bench.KeepAlive(Cluster3.N1).Report with { Slots = [.. slots] });
        var told = new HashSet<SlotId>();
        for (var i = 0; i < 10; i++)
        {
            var keepAlive = bench.NextKeepAlive(Cluster3.N2);
            Assert.InRange(codec.Encode(keepAlive).Length, 1, MessageCodec.BytesMax);
            Assert.Equal(RunPhase.Stopped, keepAlive.Report.Slots[0].Phase);
            told.UnionWith(keepAlive.Report.Slots.Select(s => s.Slot));
        }
        Assert.Equal(slots.Length, told.Count);
    }

    private static Bench Holding(ProtocolRules rules)
    {
        var bench = new Bench(Cluster3.N1, rules);
        bench.Hear(bench.Answer(Cluster3.N2, bench.NextKeepAlive(Cluster3.N2), AnswerKind.Acknowledged));
        Assert.True(bench.Core.HoldsLease(bench.Now));
        return bench;
    }

    /// <summary>O12: a host that was copied with its spool. Its daemon is met as a new boot; the old one goes on speaking and is refused.</summary>
    [Fact]
    public void KeepAlive_OfTheOldBootLongAfterTheNewOne_IsRefusedAndReportedOnce()
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All);
        bench.Hear(bench.KeepAlive(Cluster3.N2));
        bench.Hear(bench.KeepAlive(Cluster3.N2, incarnation: 2, boot: "boot-copy", sequence: 1));
        Assert.Null(bench.Hear(bench.KeepAlive(Cluster3.N2, sequence: 2)));
        Assert.DoesNotContain(bench.Notes, n => n.Contains("two daemons", StringComparison.Ordinal));

        bench.Pass(Cluster3.D);
        Assert.Null(bench.Hear(bench.KeepAlive(Cluster3.N2, sequence: 3)));
        Assert.Null(bench.Hear(bench.KeepAlive(Cluster3.N2, sequence: 4)));

        Assert.Single(bench.Notes, n => n.StartsWith("two daemons run as n2 at once", StringComparison.Ordinal));
    }

    /// <summary>What was recorded of the old boot, played again, is no second daemon.</summary>
    [Fact]
    public void KeepAlive_OfTheOldBootPlayedAgain_IsNotReported()
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All);
        bench.Hear(bench.KeepAlive(Cluster3.N2, sequence: 1));
        bench.Hear(bench.KeepAlive(Cluster3.N2, incarnation: 2, boot: "boot-copy", sequence: 1));
        bench.Pass(Cluster3.D);
        Assert.Null(bench.Hear(bench.KeepAlive(Cluster3.N2, sequence: 1)));
        Assert.DoesNotContain(bench.Notes, n => n.Contains("two daemons", StringComparison.Ordinal));
    }
}
