using System.Net;
using Drcm.Integration.Tests.Stories.Clusters;
using Drcm.Node.Addresses;
using Drcm.TestHosts;
using Xunit;

namespace Drcm.Integration.Tests.Stories;

/// <summary>Floating addresses on real kernels: frozen owners, strangers who take them away, strangers who have them.</summary>
[Collection(RealHosts.Name)]
public sealed class AddressStories(HostsFixture hosts)
{
    private static readonly IPAddress Front1 = ClusterConfiguration.AddressOf(1);

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    /// <summary>Nothing of drcm runs on the owner any more, and the address is still on its interface: the gate alone keeps it silent.</summary>
    [Fact]
    public async Task FrozenOwner_KernelGoesOn_AnswersNobodyBeforeAnotherTakesOver()
    {
        var cluster = await hosts.HealthyAsync();
        var frozen = cluster.Daemons[0];
        using var asker = cluster.Network.Client.Ask(Front1);
        await cluster.WithinPatienceAsync("node1 answers", ct => asker.FirstAsync(h => h == "node1", TimeSpan.Zero, ct), Test);
        var frozenAt = cluster.Network.Now;
        await FreezeAsync(frozen);
        try
        {
            var first = await cluster.WithinPatienceAsync("another answers", ct => asker.FirstAsync(h => h != "node1", frozenAt, ct), Test);
            Assert.Contains(Front1, frozen.Host.Within(NetlinkAddresses.List).Select(a => a.Address));
            Assert.DoesNotContain(asker.Answers, a => a.Host == "node1" && a.ReceivedAt >= first.SentAt);
        }
        finally
        {
            await ThawAsync(frozen);
        }
    }

    /// <summary>The same without the gate: the frozen kernel goes on answering, which the story above would find. The next owner hears it and does not take the address.</summary>
    [Fact]
    public async Task FrozenOwner_WithoutTheGate_StillAnswersAndNobodyTakesTheAddress()
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        await using var cluster = await ClusterOfHosts.StartAsync(ClusterTiming.Story, ClusterConfiguration.Text(ClusterTiming.Story), _ => { }, Test);
        await cluster.BeHealthyAsync(Test);
        var (frozen, survivor) = (cluster.Daemons[0], cluster.Daemons[1]);
        using var asker = cluster.Network.Client.Ask(Front1);
        await FreezeAsync(frozen);
        await frozen.Host.RunAsync(["nft", "flush", "ruleset"], Test);
        await cluster.UntilAsync(
            survivor, "a start was refused",
            s => s.Slots.Any(x => x.Slot == "ip:front1@node1" && x.LastFailure.Contains("is answered by 02:00:00:88:00:0b", StringComparison.Ordinal)), Test);
        var now = cluster.Network.Now;
        await cluster.WithinPatienceAsync("node1 still answers", ct => asker.FirstAsync(h => h == "node1", now, ct), Test);
        Assert.DoesNotContain(asker.Answers, a => a.Host != "node1");
        await ThawAsync(frozen);
    }

    [Fact]
    public async Task AddressDeletedBySomebody_PutBackAtOnceAndNamedInAnEvent()
    {
        var cluster = await hosts.HealthyAsync();
        var owner = cluster.Daemons[0];
        using var observer = cluster.Observe();
        await cluster.WithinPatienceAsync("node1 has it", ct => observer.WaitForAsync(Front1, ct, "node1"), Test);
        Assert.Equal(0, (await owner.Host.RunAsync(["ip", "addr", "del", $"{Front1}/24", "dev", "eth0"], Test)).ExitCode);
        await cluster.WithinPatienceAsync(
            "an event names it", async ct =>
            {
                while (!(await ClusterOfHosts.EventsAsync(owner, ct)).Any(IsAboutIt)) await Task.Delay(20, ct);
                return true;
            }, Test);
        await cluster.WithinPatienceAsync("it is back", ct => observer.WaitForAsync(Front1, ct, "node1"), Test);
        // On a crowded machine the observer may blink while it is away.
        var changes = observer.Changes.Where(c => c.Address.Equals(Front1)).ToArray();
        if (changes is [_, var away, var back]) TestContext.Current.TestOutputHelper?.WriteLine($"put back after {(back.At - away.At).TotalMilliseconds:0} ms");
        Assert.DoesNotContain(changes, c => c.Holders.Any(h => h != "node1"));
        Assert.Equal("node1", (await cluster.StatusAsync(owner, Test)).Slots.First(s => s.Slot == "ip:front1@node1").Owner);

        static bool IsAboutIt(StateMachine.Control.EventLine e) =>
            e.Event == "resource.failed" && e.Detail?.Contains($"{Front1} was removed from eth0, not by drcm", StringComparison.Ordinal) == true;
    }

    /// <summary>What nobody should have: an address of ours on a node that does not own it, on the right interface or another.</summary>
    [Theory]
    [InlineData("lo", false)]
    [InlineData("eth0", false)]
    [InlineData("lo", true)]
    [InlineData("eth0", true)]
    public async Task AddressLeftByAnEarlierLife_SweptWhenTheDaemonStarts(string device, bool isBootedAnew)
    {
        var cluster = await hosts.HealthyAsync();
        var other = cluster.Daemons[1];
        await other.TerminateAsync(Test);
        if (isBootedAnew)
        {
            await other.PowerOffAsync(Test);
            await other.Host.PowerOnAsync(Test);
        }
        Assert.Equal(0, (await other.Host.RunAsync(["ip", "addr", "add", $"{Front1}/32", "dev", device], Test)).ExitCode);
        await other.StartAsync(Test);
        await cluster.WithinPatienceAsync(
            "it was taken away", async ct =>
            {
                while (other.Host.Within(NetlinkAddresses.List).Exists(a => a.Address.Equals(Front1))) await Task.Delay(20, ct);
                return true;
            }, Test);
        await cluster.BeHealthyAsync(Test);
    }

    /// <summary>A neighbour that has missed every announcement, or believes somebody else, learns of the owner although nothing moves.</summary>
    [Fact]
    public async Task NeighbourKnowsTheWrongHost_LearnsOfTheOwnerFromThePeriodicAnnouncements()
    {
        var cluster = await hosts.HealthyAsync();
        var client = cluster.Network.Client;
        await client.RunAsync(["ping", "-c", "1", "-W", "2", Front1.ToString()], Test);
        await client.RunAsync(["ip", "neigh", "replace", Front1.ToString(), "lladdr", "02:00:00:88:00:0c", "nud", "reachable", "dev", "eth0"], Test);
        await cluster.WithinPatienceAsync(
            "the client knows node1", async ct =>
            {
                while (!(await client.RunAsync(["ip", "neigh", "show", "to", Front1.ToString()], ct)).Output.Contains("02:00:00:88:00:0b", StringComparison.Ordinal)) { }
                return true;
            }, Test);
    }

    /// <summary>All processes of drcm on that host. The address loses its lifetime, as if a custom script had put it there: the broom must not do the gate's work.</summary>
    private static async Task FreezeAsync(HostDaemon daemon)
    {
        await SignalAsync(daemon, "STOP");
        await daemon.Host.RunAsync(
            ["ip", "addr", "change", $"{Front1}/24", "dev", "eth0", "valid_lft", "forever", "preferred_lft", "forever"], Test);
    }

    /// <summary>What its deadline timer has killed meanwhile is dead; the rest goes on.</summary>
    private static async Task ThawAsync(HostDaemon daemon)
    {
        await SignalAsync(daemon, "CONT");
        daemon.Thaw();
    }

    private static Task SignalAsync(HostDaemon daemon, string signal) => daemon.Host.RunAsync(["pkill", $"-{signal}", "-x", "drcmd"], Test);
}
