using System.Collections.Concurrent;
using System.Net;
using Drcm.Integration.Tests.Scripts;
using Drcm.Node.Addresses;
using Drcm.Node.Clock;
using Drcm.StateMachine.Configuration;
using Drcm.TestHosts;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Drcm.Integration.Tests.Addresses;

public sealed class AddressHolderTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_AllForms_AsTheScriptWouldAndGoneAfterTheStop()
    {
        await using var network = await CreateAsync();
        var host = network.Hosts[0];
        var holder = Leased();
        Assert.Equal("", Start(host, holder, Sample.Ip("10.88.0.100", "255.255.255.0", "eth0:1")));
        Assert.Equal("", Start(host, holder, Sample.Ip("10.88.0.100", "24", "eth0:1")));
        Assert.Equal("", Start(host, holder, Sample.Ip("10.88.0.101", "255.255.255.240", "'nosuch0|eth0:2'")));
        Assert.Equal("", Start(host, holder, Sample.Ip("fd88::100", "64", "eth0")));
        var shown = (await host.RunAsync(["ip", "addr", "show"], Test)).Output;
        Assert.Contains("inet 10.88.0.100/24 brd 10.88.0.255 scope global secondary dynamic eth0:1", shown, StringComparison.Ordinal);
        Assert.Contains("inet 10.88.0.101/28 brd 10.88.0.111 scope global dynamic eth0:2", shown, StringComparison.Ordinal);
        Assert.Contains("inet6 fd88::100/64 scope global nodad dynamic noprefixroute", shown, StringComparison.Ordinal);
        foreach (var address in new[] { "10.88.0.100", "10.88.0.101", "fd88::100" })
        {
            Assert.Equal("", host.Within(() => holder.Stop(Sample.Ip(address, "24", "eth0"))));
            Assert.Equal("", host.Within(() => holder.Stop(Sample.Ip(address, "24", "eth0"))));
            Assert.False(IsHere(host, address));
        }
        Assert.True(IsHere(host, "10.88.0.11"));
    }

    [Fact]
    public async Task Start_FoundOnAnotherInterface_MovedToTheFirstWithACarrier()
    {
        await using var network = await CreateAsync();
        var host = network.Hosts[0];
        await host.RunAsync(["bash", "-c", "ip link add veth8 type veth peer name veth9; ip addr add 10.88.0.100/24 dev veth9"], Test);
        Assert.Equal("", Start(host, Leased(), Sample.Ip("10.88.0.100", "24", "veth8|eth0")));
        var held = host.Within(NetlinkAddresses.List).Where(a => a.Address.ToString() == "10.88.0.100");
        Assert.Equal("eth0", Assert.Single(held).Interface);
    }

    [Theory]
    [InlineData("255.0.255.0", "eth0", "netmask 255.0.255.0 is none for 10.88.0.100; correct its row in cm.cfg")]
    [InlineData("33", "eth0", "netmask 33 is none for 10.88.0.100; correct its row in cm.cfg")]
    [InlineData("24", "nosuch0|nosuch1:1", "none of the interfaces nosuch0|nosuch1:1 exists; correct its row in cm.cfg")]
    public async Task Start_BadRow_SaysWhereAndHowToMendIt(string netmask, string device, string expected)
    {
        await using var network = await CreateAsync();
        Assert.Equal(expected, Start(network.Hosts[0], Leased(), Sample.Ip("10.88.0.100", netmask, device)));
    }

    [Theory]
    [InlineData("10.88.0.100", "24")]
    [InlineData("fd88::100", "64")]
    public async Task Start_SomebodyElseHasIt_NotTakenAndNamesHim(string address, string netmask)
    {
        await using var network = await CreateAsync();
        await network.Hosts[1].RunAsync(["ip", "addr", "add", $"{address}/{netmask}", "dev", "eth0", "nodad"], Test);
        Assert.Equal(
            $"{address} is answered by 02:00:00:88:00:0c, which is none of this host's: not taken",
            Start(network.Hosts[0], Leased(), Sample.Ip(address, netmask, "eth0")));
        Assert.False(IsHere(network.Hosts[0], address));
    }

    [Fact]
    public async Task Start_LeaseIsOver_NothingIsPutThere()
    {
        await using var network = await CreateAsync();
        var holder = new AddressHolder(new AskingHere()) { LeaseEnd = MonotonicClock.Now };
        Assert.Equal(
            "the lease ended before 10.88.0.100 was put there", Start(network.Hosts[0], holder, Sample.Ip("10.88.0.100", "24", "eth0")));
        Assert.False(IsHere(network.Hosts[0], "10.88.0.100"));
    }

    [Fact]
    public async Task Refresh_AfterTheStop_DoesNotPutItBack()
    {
        await using var network = await CreateAsync();
        var host = network.Hosts[0];
        var holder = Leased();
        var ip = Sample.Ip("10.88.0.100", "24", "eth0");
        Assert.Equal("", Start(host, holder, ip));
        host.Within(() => holder.Refresh([IPAddress.Parse(ip.Address)]));
        Assert.True(IsHere(host, ip.Address));
        Assert.Equal("", host.Within(() => holder.Stop(ip)));
        host.Within(() => holder.Refresh([IPAddress.Parse(ip.Address)]));
        Assert.False(IsHere(host, ip.Address));
    }

    [Fact]
    public async Task Stop_AlsoOnTheWrongInterface_GoneFromBoth()
    {
        await using var network = await CreateAsync();
        var host = network.Hosts[0];
        var holder = Leased();
        Assert.Equal("", Start(host, holder, Sample.Ip("10.88.0.100", "24", "eth0")));
        await host.RunAsync(["ip", "addr", "add", "10.88.0.100/32", "dev", "lo"], Test);
        Assert.Equal("", host.Within(() => holder.Stop(Sample.Ip("10.88.0.100", "24", "eth0"))));
        Assert.False(IsHere(host, "10.88.0.100"));
    }

    /// <summary>As if a refresh had put it back in the same moment: the news count, not what is seen later. What the holder itself takes away is no news.</summary>
    [Theory]
    [InlineData("10.88.0.100", "24")]
    [InlineData("fd88::100", "64")]
    public async Task Keeper_RemovedByOthersAndBackAtOnce_ToldAllTheSameAndOwnRemovalsAreNot(string address, string length)
    {
        await using var network = await CreateAsync();
        var host = network.Hosts[0];
        var holder = Leased();
        var ip = Sample.Ip(address, length, "eth0");
        using var removed = new BlockingCollection<InterfaceAddress>();
        using var keeper = new AddressKeeper(holder, removed.Add, NullLogger<AddressKeeper>.Instance);
        host.Within(keeper.Start);
        await ListeningAsync(host, removed);
        for (var life = 0; life < 3; life++)
        {
            Assert.Equal("", Start(host, holder, ip));
            Assert.Equal("", host.Within(() => holder.Stop(ip)));
        }
        Assert.Equal("", Start(host, holder, ip));
        await host.RunAsync(
            ["bash", "-c", $"ip addr del {address}/{length} dev eth0; ip addr add {address}/{length} dev eth0 nodad valid_lft 300 preferred_lft 300"], Test);
        keeper.CatchUp();
        Assert.True(IsHere(host, address));
        Assert.Equal(("eth0", address), (Assert.Single(removed).Interface, removed.Take(Test).Address.ToString()));
    }

    /// <summary>Until the keeper hears the kernel: what a stranger takes away is told.</summary>
    private static async Task ListeningAsync(TestHost host, BlockingCollection<InterfaceAddress> removed)
    {
        do await host.RunAsync(["bash", "-c", "ip addr add 10.88.9.9/32 dev lo; ip addr del 10.88.9.9/32 dev lo"], Test);
        while (!removed.TryTake(out _, TimeSpan.FromMilliseconds(50)));
        while (removed.TryTake(out _)) { }
    }

    [Fact]
    public async Task Keeper_RefreshesWhileTheLeaseLastsAndTellsWhenTheKernelHasTakenItAway()
    {
        await using var network = await CreateAsync();
        var host = network.Hosts[0];
        // A crowded machine may stand still for a second or two.
        var lease = TimeSpan.FromSeconds(3);
        var holder = new AddressHolder(new AskingHere()) { LeaseEnd = MonotonicClock.Now + lease };
        using var removed = new BlockingCollection<InterfaceAddress>();
        using var keeper = new AddressKeeper(holder, removed.Add, NullLogger<AddressKeeper>.Instance);
        host.Within(keeper.Start);
        Assert.Equal("", Start(host, holder, Sample.Ip("10.88.0.100", "24", "eth0")));
        keeper.Refresh([IPAddress.Parse("10.88.0.100")]);
        // Longer than the kernel keeps what nobody refreshes.
        for (var renewal = 0; renewal < 60; renewal++)
        {
            holder.LeaseEnd = MonotonicClock.Now + lease;
            Assert.False(removed.TryTake(out _, TimeSpan.FromMilliseconds(100)));
        }
        var gone = removed.Take(Test);
        Assert.Equal(("eth0", "10.88.0.100"), (gone.Interface, gone.Address.ToString()));
    }

    private static AddressHolder Leased() => new(new AskingHere()) { LeaseEnd = MonotonicClock.Now + TimeSpan.FromMinutes(5) };

    private static string Start(TestHost host, AddressHolder holder, IpAddressDefinition ip) => host.Within(() =>
    {
#pragma warning disable VSTHRD002 // Completed: the probe asks on this thread.
        return holder.StartAsync(ip, Test).GetAwaiter().GetResult().Problem;
#pragma warning restore VSTHRD002
    });

    private static bool IsHere(TestHost host, string address) =>
        host.Within(NetlinkAddresses.List).Exists(a => a.Address.ToString() == address);

    private static async Task<TestNetwork> CreateAsync()
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        return await TestNetwork.CreateAsync(2, Test);
    }

    /// <summary>On the thread that is in the host's network.</summary>
    private sealed class AskingHere : NeighbourProbe
    {
        public override Task<byte[]?> AskAsync(string device, IPAddress address, CancellationToken cancellationToken) =>
            Task.FromResult(Ask(device, address, cancellationToken));
    }
}
