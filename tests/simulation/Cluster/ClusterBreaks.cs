using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Guarding;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Nodes;
using Drcm.StateMachine.Reconciliation;
using Drcm.StateMachine.Solo;

namespace Drcm.Simulation.Cluster;

/// <summary>Clusters that misbehave on purpose: each must be caught, or the simulation proves nothing.</summary>
internal static class ClusterBreaks
{
    private const int SeedsMax = 5000;

    private static WorldRules WithoutGuard => WorldRules.All with { HasGuard = false };

    private static WorldRules KeptByTheLeader => WithoutGuard with { Decisions = LyingLeaders.LeavesApplications };

    private static WorldRules WithoutCronExec => WorldRules.All with { HasCronExec = false };

    /// <summary>The first late acknowledgement makes a lease: only then a message that is read before the release does harm.</summary>
    private static WorldRules EasyLease => WorldRules.All with { Protocol = ProtocolRules.All with { LeaseFromSendTime = false, MajorityLease = false } };

    private static WorldRules WithoutOwnPause => WorldRules.All with { Protocol = ProtocolRules.All with { OwnPauseRestartsCounts = false } };

    private static WorldRules WithoutTimerAndGate => WorldRules.All with { HasDeadlineTimer = false, HasGate = false };

    public static SortedDictionary<string, ClusterBreak> All { get; } = new(StringComparer.Ordinal)
    {
        ["no-guard"] = new(WorldRules.All with { HasGuard = false }) { Story = "no-guard" },
        ["guard-does-not-kill-the-daemon"] = new(WithoutTimerAndGate with { Guard = GuardRules.All with { KillsDaemonFirst = false } }) { Story = "frozen-daemon", Behind = WithoutTimerAndGate },
        ["guard-does-not-kill-starts"] = new(WorldRules.All with { Guard = GuardRules.All with { KillsStarts = false } }, 6) { Story = "slow-start" },
        ["guard-does-not-release"] = new(WorldRules.All with { Guard = GuardRules.All with { Releases = false } }) { Story = "no-guard" },
        ["no-gate"] = new(WorldRules.All with { HasGate = false }, 18),
        ["no-deadline-timer"] = new(WithoutTimerAndGate) { Story = "no-deadline-timer", Behind = WorldRules.All with { HasGate = false } },
        ["no-cron-exec"] = new(WithoutCronExec, 8),
        ["wall-clock"] = new(WorldRules.All with { IsMonotonic = false }) { Story = "clock-set-back" },
        ["snapshot-forgets-revokes"] = new(WorldRules.All with { Snapshot = ForgetsRevokes }, 2),
        ["starts-without-a-lease"] = Of(ReconcilerRules.All with { StartsUnderLease = false }, 1),
        ["keeps-without-a-lease"] = new(WithoutGuard with { Reconciler = ReconcilerRules.All with { ReleasesAtLeaseEnd = false } }) { Story = "cut-off", Behind = WithoutGuard },
        ["not-introduced"] = Of(ReconcilerRules.All with { IntroducesFirst = false }, 27),
        ["starts-without-a-guard"] = new(WorldRules.All with { Reconciler = ReconcilerRules.All with { StartsUnderGuard = false } }) { Story = "guard-gone" },
        ["stopped-is-not-final"] = new(WorldRules.All with { Reconciler = ReconcilerRules.All with { StoppedIsFinal = false } }) { Story = "short-cut" },
        ["stopped-before-it-is"] = Of(ReconcilerRules.All with { ReportsAfterStop = false }, 3),
        ["leader-alone-declares-death"] = new(WorldRules.All with { Decisions = LyingLeaders.DeclaresDeathAlone }) { Story = "leader-alone-declares-death" },
        ["start-before-stop-is-confirmed"] = new(WorldRules.All with { Decisions = LyingLeaders.TakesRevokedForStopped }) { Story = "start-before-stop-is-confirmed" },
        ["lease-longer-than-d"] = Of(ProtocolRules.All with { LeaseFits = false }, "cut-off"),
        ["lease-of-one-voter"] = Of(ProtocolRules.All with { MajorityLease = false }, "cut-off"),
        ["lease-from-arrival"] = Of(ProtocolRules.All with { LeaseFromSendTime = false }, "lease-from-arrival"),
        ["acknowledges-the-expired"] = Of(ProtocolRules.All with { ExpiryWithholds = false }, "acknowledges-the-expired", 5),
        ["lag-expired-at-once"] = Of(ProtocolRules.All with { LagSafe = false }, "lag"),
        ["promise-not-kept"] = Of(ProtocolRules.All with { PromiseKept = false }, "promise-not-kept"),
        ["promise-per-incarnation"] = Of(ProtocolRules.All with { PromisePerNode = false }, "promise-per-incarnation", 5),
        ["readmits-holders"] = Of(LyingLeaders.ReadmitsHolders, "back-and-still-holding"),
        ["every-start-is-a-boot"] = Of(WrongTransitions.EveryStartIsABoot, "started-again-while-stopping"),
        ["replaced-spool-votes"] = new(WorldRules.All with { TellsSpools = false }) { Story = "spool-lost" },
        ["removed-at-once"] = Of(WrongTransitions.RemovesAtOnce, "removed-and-back"),
        ["keeps-in-maintenance"] = new(WithoutGuard with { Reconciler = ReconcilerRules.All with { ReleasesInMaintenance = false } }) { Story = "cut-off-in-maintenance", Behind = WithoutGuard },
        ["keeps-what-is-exclusive"] = new(KeptByTheLeader with { Reconciler = ReconcilerRules.All with { KeepsNothingExclusive = false } }) { Story = "shut-down-for-a-minute", Behind = KeptByTheLeader },
        ["release-budget-not-awaited"] = Of(WrongTransitions.FreesAtDeath, "stop-fails"),
        ["host-not-ended"] = new(WorldRules.All with { Guard = GuardRules.All with { EndsHost = false } }) { Story = "stop-fails" },
        ["agent-lies"] = new(WorldRules.All with { AgentsAreTrue = false }) { Story = "fenced" },
        ["asks-before-it-releases"] = new(EasyLease with { Reconciler = ReconcilerRules.All with { ReleasesAfterPause = false } }) { Story = "own-pause", Behind = EasyLease },
        ["not-swept-at-boot"] = new(WithoutCronExec with { SweepsAtBoot = false }) { Story = "power-lost", Behind = WithoutCronExec },
        ["solo-without-an-arbitrator"] = Of(SoloRules.All with { ArbitratorCounts = false }, "solo-isolated"),
        ["solo-though-the-peer-answers"] = Of(SoloRules.All with { PeerAnswerCounts = false }, "solo-muted"),
        ["solo-by-a-probe-that-proves-nothing"] = Of(SoloRules.All with { ProbeIsProven = false }, "solo-unproven"),
        ["solo-sample-from-arrival"] = Of(SoloRules.All with { FromSendTime = false }, "solo-from-arrival"),
        ["solo-lapsed-lease-renewed"] = Of(SoloRules.All with { LapsedStaysLapsed = false }, "solo-lapsed"),
        ["solo-at-the-first-sample"] = Of(SoloRules.All with { FullSilence = false }, "solo-expired-before"),
        ["solo-over-a-pause"] = new(WithoutOwnPause with { Solo = SoloRules.All with { OwnGapEndsRow = false } }) { Story = "solo-own-gap", Behind = WithoutOwnPause },
        ["solo-at-the-flush"] = Of(SoloRules.All with { OneMoreSample = false }, "solo-slow-flush"),
        ["solo-by-an-old-word"] = Of(SoloRules.All with { WordEndsAtVoice = false }, "solo-old-word"),
        ["solo-from-an-old-state"] = Of(SoloRules.All with { LastAliveOnly = false, ProbeIsProven = false }, "solo-cold-start") with { Behind = WorldRules.All with { Solo = SoloRules.All with { ProbeIsProven = false } } },
        ["solo-follows-before-it-has-released"] = Of(ProtocolRules.All with { StepsDownFirst = false }, "solo-both"),
    };

    /// <summary>By its story, or from its known seed on.</summary>
    /// <returns>The first run with a violation; null: there was none.</returns>
    public static ClusterRun? Catch(string name, int runsMax, out int runs)
    {
        var broken = All[name];
        for (runs = 1; runs <= runsMax; runs++)
        {
            var story = broken.Story is { } directed
                ? ClusterBreak.StoryOf(directed) with { Seed = broken.Seed + (ulong)runs - 1 }
                : ClusterStory.Of(broken.Seed + (ulong)runs - 1, nodes: null, new ClusterOptions().Faulty);
            var run = new ClusterRun(story, broken.Rules).Run(mustSettle: false);
            if (run.Violation.Length > 0) return run;
        }
        runs--;
        return null;
    }

    /// <summary>Each in turn, up to the first violation.</summary>
    /// <returns>0: each was caught. 1: one was not.</returns>
    public static int CatchAll(ClusterOptions options)
    {
        var missed = 0;
        var sync = new Lock();
        var most = options.Last == 0 ? SeedsMax : (int)(options.Last - options.First + 1);
        Parallel.ForEach(All.Keys, new ParallelOptions { MaxDegreeOfParallelism = options.Parallel }, name =>
        {
            var caught = Catch(name, most, out var runs);
            lock (sync)
            {
                missed += caught is null ? 1 : 0;
                Console.WriteLine(caught is null ? $"cluster: {name}: NOT CAUGHT in {runs} runs" : $"cluster: {name}: caught in {runs} runs, seed {caught.Story.Seed}: {caught.Violation}");
            }
        });
        return missed == 0 ? 0 : 1;
    }

    private static ClusterBreak Of(ReconcilerRules rules, ulong seed) => new(WorldRules.All with { Reconciler = rules }, seed);

    private static ClusterBreak Of(DecisionRules rules, string story) => new(WorldRules.All with { Decisions = rules }) { Story = story };

    private static ClusterBreak Of(ProtocolRules rules, string story, ulong seed = 1) => new(WorldRules.All with { Protocol = rules }, seed) { Story = story };

    private static ClusterBreak Of(SoloRules rules, string story) => new(WorldRules.All with { Solo = rules }) { Story = story };

    private static ClusterState ForgetsRevokes(ClusterState before, ClusterState restored) => restored with
    {
        Slots = restored.Slots.SetItems(
            restored.Slots.Values.Where(s => s.Phase == SlotPhase.Revoked).Select(s => KeyValuePair.Create(s.Id, s with { Phase = SlotPhase.Started }))),
    };
}
