using Drcm.StateMachine.Reconciliation;
using Xunit;

namespace Drcm.Property.Tests.Nodes;

/// <summary>The random faults find what a missing rule lets through: each broken variant violates within a few seeds.</summary>
public sealed class BrokenClusters
{
    /// <summary>Enough for the rarest of them, with room; a variant that passes them all is not broken, or not looked at.</summary>
    private const int SeedsMax = 60;

    [Fact]
    public void ReleasesAtLeaseEnd_Off_TwoOwners() =>
        AssertCaught(new WorldRules { Reconciler = ReconcilerRules.All with { ReleasesAtLeaseEnd = false } });

    [Fact]
    public void StartsUnderLease_Off_TwoOwners() =>
        AssertCaught(new WorldRules { Reconciler = ReconcilerRules.All with { StartsUnderLease = false } });

    [Fact]
    public void ReportsAfterStop_Off_TwoOwners() =>
        AssertCaught(new WorldRules { Reconciler = ReconcilerRules.All with { ReportsAfterStop = false } });

    [Fact]
    public void IntroducesFirst_Off_TwoOwners() =>
        AssertCaught(new WorldRules { Reconciler = ReconcilerRules.All with { IntroducesFirst = false } });

    /// <summary>O16: without a guard a daemon that is killed or frozen holds on to what it ran.</summary>
    [Fact]
    public void Guard_None_TwoOwners() => AssertCaught(new WorldRules { HasGuard = false });

    private static void AssertCaught(WorldRules rules, int? snapshots = null)
    {
        for (ulong seed = 1; seed <= SeedsMax; seed++)
        {
            if (RandomFaults.Run(seed, rules, mustSettle: false, snapshots).Violation.Length > 0) return;
        }
        Assert.Fail($"no violation within {SeedsMax} seeds");
    }
}
