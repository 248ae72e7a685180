using Drcm.StateMachine.Guarding;
using Xunit;

namespace Drcm.Property.Tests.Guarding;

/// <summary>What the guard does at the deadline, and what comes of each rule that is missing (O16, O17).</summary>
public sealed class GuardCoreTests
{
    private static readonly TimeSpan K = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(41.7);
    private static readonly GuardOrder Held = new(K, IsAcknowledged: false);
    private static readonly GuardOrder Over = new(K, IsAcknowledged: true);

    [Fact]
    public void Step_BeforeDeadline_TouchesNothingAndWakesForIt()
    {
        var host = Host();
        host.Core.Step(K - TimeSpan.FromTicks(1), Held, host);
        Assert.Equal(K, host.Core.NextWake);
        Assert.True(host.IsDaemonAlive && host.IsAnyActive && host.Releases == 0);
    }

    [Fact]
    public void Step_NoLeaseYet_WaitsForEver()
    {
        var host = Host();
        host.Core.Step(K, GuardOrder.None, host);
        Assert.Equal(TimeSpan.MaxValue, host.Core.NextWake);
        Assert.True(host.IsAnyActive);
    }

    [Fact]
    public void Step_AtDeadline_KillsDaemonAndReleasesAll()
    {
        var host = Host();
        host.Run(TimeSpan.Zero, Long, Held);
        Assert.False(host.IsDaemonAlive);
        Assert.False(host.IsAnyActive);
        Assert.False(host.Core.IsReleasing);
    }

    [Fact]
    public void Step_Acknowledged_DaemonLivesAndWhatIsListedGoes()
    {
        var host = Host();
        host.Run(TimeSpan.Zero, Long, Over);
        Assert.Equal(0, host.DaemonKills);
        Assert.False(host.IsAnyActive);
    }

    [Fact]
    public void Step_RenewedMeanwhile_TheNewDeadlineCounts()
    {
        var host = Host();
        host.Core.Step(K - TimeSpan.FromMilliseconds(1), Held, host);
        host.Core.Step(K, new GuardOrder(K + K, IsAcknowledged: false), host);
        Assert.Equal(K + K, host.Core.NextWake);
        Assert.True(host.IsAnyActive);
    }

    [Fact]
    public void Step_ReleasedThenLeasedAgainThenOver_ReleasesAgain()
    {
        var host = Host();
        host.Run(TimeSpan.Zero, Long, Over);
        host.Load(2);
        host.Run(Long, Long, new GuardOrder(Long + K, IsAcknowledged: false));
        Assert.True(host.IsAnyActive);
        host.Run(Long + K, Long + Long, new GuardOrder(Long + K, IsAcknowledged: false));
        Assert.False(host.IsAnyActive || host.IsDaemonAlive);
    }

    [Fact]
    public void Step_AcknowledgedThenWithdrawnAtTheSameDeadline_KillsDaemon()
    {
        var host = Host();
        host.Run(TimeSpan.Zero, K, Over);
        host.Run(Long, Long, Held);
        Assert.False(host.IsDaemonAlive);
    }

    [Fact]
    public void Step_ReleaseKeepsFailing_TriedAgainAtABoundedPace()
    {
        var host = Host();
        host.ReleaseFails = int.MaxValue;
        host.Run(K, K + TimeSpan.FromMinutes(1), Held);
        Assert.True(host.Core.IsReleasing);
        Assert.InRange(host.Looks.Count, 60, 120);
        Assert.All(host.Looks.Zip(host.Looks.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, GuardCore.PaceFirst, GuardCore.PaceMax));
    }

    [Fact]
    public void Step_NothingListed_DaemonIsKilledAllTheSame()
    {
        var host = Host(entries: 0);
        host.Run(TimeSpan.Zero, Long, Held);
        Assert.False(host.IsDaemonAlive);
    }

    /// <summary>O19: the wake for the limit does not wait for the next look.</summary>
    [Fact]
    public void Limit_PassedAndStillHere_HostEndsThenAndIsNotFed()
    {
        var host = Stuck(GuardRules.All);
        host.Run(TimeSpan.Zero, K + Limit + TimeSpan.FromSeconds(10), Held);
        Assert.Equal(K + Limit, host.Ends[0]);
        Assert.True(host.Feeds[^1] < K + Limit && host.Feeds[^1] > K);
        Assert.True(host.Core.IsOverdue && !host.Core.HoldsNothing);
    }

    [Fact]
    public void Limit_GoneInTheLastMoment_HostLives()
    {
        var host = Stuck(GuardRules.All);
        host.Run(TimeSpan.Zero, K + Limit - TimeSpan.FromTicks(1), Held);
        host.ReleaseFails = 0;
        host.Run(K + Limit, K + Limit + Long, Held);
        Assert.Empty(host.Ends);
        Assert.True(host.Core.HoldsNothing);
    }

    /// <summary>A voter that had not given it up renewed its lease: nobody else was given anything.</summary>
    [Fact]
    public void Limit_PassedThenLeasedAgain_IsFedAgain()
    {
        var host = Stuck(GuardRules.All);
        host.Run(TimeSpan.Zero, K + Limit, Held);
        Assert.True(host.Core.IsOverdue);
        host.Core.Step(K + Limit, new GuardOrder(K + Limit + K, IsAcknowledged: false), host);
        Assert.False(host.Core.IsOverdue);
    }

    [Fact]
    public void Limit_None_HostIsNeverEnded()
    {
        var host = Host();
        host.ReleaseFails = int.MaxValue;
        host.Run(TimeSpan.Zero, K + TimeSpan.FromHours(1), Held);
        Assert.Empty(host.Ends);
    }

    /// <summary>A guard that feeds whatever happens.</summary>
    [Fact]
    public void Rule_EndsHostOff_HostIsFedPastTheLimitWithSomethingHere()
    {
        var host = Stuck(GuardRules.All with { EndsHost = false });
        host.Run(TimeSpan.Zero, K + Limit + Long, Held);
        Assert.True(host.IsAnyActive && host.Feeds[^1] > K + Limit);
    }

    /// <summary>In the loop of the guard a collection would be a pause of its own.</summary>
    [Fact]
    public void Step_Allocates_Nothing()
    {
        var host = Host();
        var quiet = new QuietEffects();
        host.Core.Step(K, Held, quiet);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < 1000; i++)
        {
            host.Core.Load(2);
            host.Core.Step(K * i, new GuardOrder(K * i, i % 2 == 0), quiet);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    public static TheoryData<string> Rules() => ["daemon first", "starts", "releases", "looks after", "until gone", "waits"];

    /// <summary>A slow death of daemon and start, and a release that fails twice: with all rules nothing is left, with any of them off something is, or
    /// it was taken too early.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void Rule_Off_IsNoticed(string rule)
    {
        Assert.True(IsSafe(GuardRules.All));
        Assert.False(IsSafe(rule switch
        {
            "daemon first" => GuardRules.All with { KillsDaemonFirst = false },
            "starts" => GuardRules.All with { KillsStarts = false },
            "releases" => GuardRules.All with { Releases = false },
            "looks after" => GuardRules.All with { LooksAfterKilling = false },
            "until gone" => GuardRules.All with { TriesUntilGone = false },
            _ => GuardRules.All with { WaitsForDeadline = false },
        }));
    }

    private static bool IsSafe(GuardRules rules)
    {
        var host = Host(rules);
        (host.Acquires, host.AreStartsAlive) = (true, true);
        (host.DaemonDiesAfter, host.StartsDieAfter, host.ReleaseFails) = (1, 5, 2);
        host.Run(TimeSpan.Zero, K - TimeSpan.FromTicks(1), Held);
        if (!host.IsAnyActive || !host.IsDaemonAlive) return false;
        host.Run(K, Long, Held);
        return !host.IsAnyActive;
    }

    private static GuardedHost Stuck(GuardRules rules)
    {
        var host = Host(rules);
        host.ReleaseFails = int.MaxValue;
        host.Core.Limit(1, Limit);
        return host;
    }

    private static GuardedHost Host(GuardRules? rules = null, int entries = 2)
    {
        var host = new GuardedHost(entries, rules ?? GuardRules.All);
        host.Load(entries);
        return host;
    }

    private sealed class QuietEffects : IGuardEffects
    {
        public bool EndDaemon() => true;

        public bool EndStarts(int entry) => true;

        public bool Release(int entry) => true;

        public void EndHost(int entry)
        {
        }
    }
}
