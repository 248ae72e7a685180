using Drcm.Integration.Tests.Stories.Clusters;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Drcm.TestHosts;
using Xunit;

namespace Drcm.Integration.Tests.Stories;

/// <summary>Three services whose scripts are broken on their home, node2: what comes of them, and of their neighbours.</summary>
[Collection(RealHosts.Name)]
public sealed class ScriptStories
{
    private const string Hangs = "hangs2";
    private const string Fails = "fails2";
    private const string Missing = "missing2";
    private const string Home = "node2";
    private const string Backup = "node3";

    /// <summary>migration_threshold of the configuration.</summary>
    private const int Threshold = 2;

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scripts_HangFailOrAreMissingAtHome_CountedThenMovedAndNobodyElseIsDelayed()
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        await using var cluster = await ClusterOfHosts.StartAsync(
            ClusterTiming.Story, ClusterConfiguration.Text(ClusterTiming.Story, Hangs, Fails, Missing), Break, Test);
        await cluster.UntilAllAsync(
            "the broken services run on node3, all others at home",
            s => !s.Slots.IsEmpty && s.Slots.All(slot => slot.Phase == SlotPhase.Started && slot.Owner == (IsBroken(slot.Nickname) ? Backup : slot.Home)),
            Test);
        var events = await ClusterOfHosts.EventsAsync(cluster.Daemons[0], Test);
        AssertFailed(events, Hangs, "timed out");
        AssertFailed(events, Fails, "was told to fail");
        AssertFailed(events, Missing, "script not found");
        AssertOthersFirst(events);
        Assert.Equal(ClusterConfiguration.AtHome(2), (await HostView.OfAsync(cluster.DaemonOf(Home).Host, Test)).Resources);
        Assert.Equal(
            [$"service:{Fails}", $"service:{Hangs}", $"service:{Missing}"],
            (await HostView.OfAsync(cluster.DaemonOf(Backup).Host, Test)).Processes.Keys);
    }

    private static void Break(TestHost host)
    {
        var isHome = host.Name == Home;
        HostFiles.WriteScript(host, $"{Hangs}.sh", isHome ? "#!/bin/bash\n[ $2 = stop ] || sleep infinity\n" : HostFiles.InitScript);
        HostFiles.WriteScript(
            host, $"{Fails}.sh", isHome ? "#!/bin/bash\n[ $2 != stop ] || exit 0\necho $1 was told to fail >&2\nexit 7\n" : HostFiles.InitScript);
        if (!isHome) HostFiles.WriteScript(host, $"{Missing}.sh", HostFiles.InitScript);
    }

    private static bool IsBroken(string nickname) => nickname is Hangs or Fails or Missing;

    private static void AssertFailed(IReadOnlyList<EventLine> events, string service, string because)
    {
        var slot = $"service:{service}@{Home}";
        var failures = events.Where(e => e.Event == "resource.failed" && e.Slot == slot).ToArray();
        Assert.Equal(Threshold, failures.Length);
        Assert.All(failures, f => Assert.Contains(because, f.Detail, StringComparison.Ordinal));
        var moved = Assert.Single(events, e => e.Event == "slot.assigned" && e.Slot == slot && e.Node == Backup);
        Assert.True(moved.Index > failures[^1].Index);
    }

    /// <summary>Before the hanging service had used up its tries, all others were up.</summary>
    private static void AssertOthersFirst(IReadOnlyList<EventLine> events)
    {
        var moved = events.First(e => e.Event == "slot.assigned" && e.Slot == $"service:{Hangs}@{Home}" && e.Node == Backup).Index;
        var others = events.Where(e => e.Event == "resource.started" && !IsBroken(e.Resource!.Split(':')[1])).ToArray();
        Assert.Equal(Enumerable.Range(1, ClusterConfiguration.Nodes).SelectMany(ClusterConfiguration.AtHome).Count(), others.Length);
        Assert.All(others, e => Assert.True(e.Index < moved, $"{e.Slot} was started after {Hangs} had moved"));
    }
}
