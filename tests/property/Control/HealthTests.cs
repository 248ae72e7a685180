using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;
using Xunit;

namespace Drcm.Property.Tests.Control;

/// <summary>What an operator reads of a node's protection and of its own trouble.</summary>
public sealed class HealthTests
{
    private static readonly ClusterStatus Good = new(
        DateTimeOffset.UnixEpoch,
        new ClusterLine("n1", "2.0.0", HasQuorum: true, "n1", 3, 0, 57, "abc", ConfigMatches: true, InMaintenance: false, 940, 1500),
        [Node("n1"), Node("n2")],
        [],
        [])
    {
        Protection = [.. Enum.GetValues<Protector>().Select(ProtectionLine.InForce)],
    };

    [Fact]
    public void Of_EverythingInForce_IsGoodAndSaysNothingElse()
    {
        var health = Health.Of(Good);

        Assert.Equal(HealthLevel.Good, health.Level);
        Assert.Equal("Healthy: 2 nodes up, 0 resources running at home.", Assert.Single(health.Sentences));
    }

    [Theory]
    [InlineData(Protector.Guard, "n1 is not guarded: because; do that.")]
    [InlineData(Protector.Gate, "n1 has no gate in its kernel, so that drcmd and its guard freeze together is not covered: because; do that.")]
    [InlineData(Protector.SelfFence, "n1 cannot reset itself, so what relies on that is not started there: because; do that.")]
    public void Of_ProtectionMissing_IsDegradedAndNamesItAndTheRemedy(Protector by, string sentence)
    {
        var health = Health.Of(With(ProtectionLine.Missing(by, "because", "do that")));

        Assert.Equal(HealthLevel.Degraded, health.Level);
        Assert.Equal(sentence, Assert.Single(health.Sentences));
    }

    [Fact]
    public void Of_CronGuardOff_IsToldAndStaysGood()
    {
        var health = Health.Of(With(new ProtectionLine(Protector.CronGuard, ProtectionState.Off, "cron_guard = 0", "remove it")));

        Assert.Equal(HealthLevel.Good, health.Level);
        Assert.Equal(2, health.Sentences.Count);
        Assert.Equal("n1 does not guard its crontabs, so cron begins their jobs without a lease as well: cron_guard = 0; remove it.", health.Sentences[1]);
    }

    [Fact]
    public void Of_TroubleOfTheAnsweringNode_IsToldOnce()
    {
        var health = Health.Of(Good with
        {
            Trouble = "its log cannot be written: No space left on device",
            LogTrouble = "No space left on device",
            Nodes = [Node("n1") with { Standby = StandbyKind.Trouble, Reason = "n1 has trouble of its own" }, Node("n2")],
        });

        Assert.Equal(HealthLevel.Degraded, health.Level);
        Assert.Equal(
            "n1 has trouble of its own: its log cannot be written: No space left on device; make room on that disk or mend it, others run its resources until then.",
            Assert.Single(health.Sentences));
    }

    [Fact]
    public void Of_TroubleOfAnotherNode_IsToldByItsEventAndNotAsStandingBy()
    {
        var health = Health.Of(Good with
        {
            Nodes = [Node("n1"), Node("n2") with { Standby = StandbyKind.Trouble, Reason = "n2 has trouble of its own (full): its slots are handed over" }],
        });

        Assert.Equal("n2 has trouble of its own (full): its slots are handed over; drcm status there says what to do.", Assert.Single(health.Sentences));
    }

    private static ClusterStatus With(ProtectionLine line) => Good with
    {
        Protection = [.. Good.Protection.Select(p => p.By == line.By ? line : p)],
    };

    private static NodeLine Node(string name) => new(
        name, $"{name}.example.com", "192.0.2.1", NodeStatus.Up, StandbyKind.None, IsActive: true, IsWitness: false, IsVoter: true, null, "", 1, 1, null, 57, true);
}
