using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Drcm.Node.Addresses;
using Drcm.Node.Clock;
using Drcm.Node.Gate;
using Drcm.TestHosts;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Drcm.Integration.Tests.Gate;

public sealed class KernelGateTests
{
    private const string Table = "drcm-test";

    private static readonly IPAddress Four = IPAddress.Parse("10.88.0.100");
    private static readonly IPAddress Six = IPAddress.Parse("fd88::100");
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Order_NotRenewed_ClosesByItselfForPacketsArpAndDiscoveryAndOpensAgain()
    {
        await using var network = await CreateAsync();
        using var gate = Start(network, out var done);
        Order(gate, done, Long);
        await AssertReachableAsync(network);
        var until = MonotonicClock.Now + TimeSpan.FromSeconds(1);
        gate.Order(new GateOrder([Four, Six], [Four, Six], until));
        Assert.True(done.Take(Test));
        // From here on nothing is done for the gate: the same as a daemon that stands still.
        while (MonotonicClock.Now < until) await Task.Delay(10, Test);
        await AssertUnreachableAsync(network);
        Assert.Equal(0, await PingAsync(network, "10.88.0.11"));
        Assert.Equal(0, await PingAsync(network, "fd88::11"));
        Order(gate, done, Long);
        await AssertReachableAsync(network);
    }

    [Fact]
    public async Task Order_AddressNotHeldOrNoLease_Closed()
    {
        await using var network = await CreateAsync();
        using var gate = Start(network, out var done);
        gate.Order(new GateOrder([Four, Six], [], MonotonicClock.Now + Long));
        Assert.True(done.Take(Test));
        await AssertUnreachableAsync(network);
        gate.Order(new GateOrder([Four, Six], [Four, Six], null));
        Assert.True(done.Take(Test));
        await AssertUnreachableAsync(network);
    }

    [Fact]
    public async Task Order_RuleSetFlushedBySomebody_TheGateIsBackWithTheNextRenewal()
    {
        await using var network = await CreateAsync();
        using var gate = Start(network, out var done);
        Order(gate, done, Long);
        await network.Hosts[0].RunAsync(["nft", "flush", "ruleset"], Test);
        Order(gate, done, Long);
        Assert.Contains(Table, (await network.Hosts[0].RunAsync(["nft", "list", "tables"], Test)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_TablesAreGoneAndOtherAddressesOfTheAdministratorWereNeverTouched()
    {
        await using var network = await CreateAsync();
        using var gate = Start(network, out var done);
        Order(gate, done, Long);
        gate.Remove();
        Assert.True(done.Take(Test));
        Assert.Equal("", (await network.Hosts[0].RunAsync(["nft", "list", "tables"], Test)).Output);
        await AssertReachableAsync(network);
    }

    [Fact]
    public async Task Order_OtherHostHasTheAddress_ItsAnnouncementsAndPacketsAreHeard()
    {
        await using var network = await CreateAsync();
        var (gated, holder) = (network.Hosts[0], network.Hosts[1]);
        await gated.RunAsync(["bash", "-c", "ip addr del 10.88.0.100/24 dev eth0; ip addr del fd88::100/64 dev eth0"], Test);
        await holder.RunAsync(["bash", "-c", "ip addr add 10.88.0.100/24 dev eth0; ip addr add fd88::100/64 dev eth0 nodad"], Test);
        using var gate = Start(network, out var done);
        gate.Order(new GateOrder([Four, Six], [], null));
        Assert.True(done.Take(Test));
        foreach (var address in new[] { "10.88.0.100", "fd88::100" })
            Assert.Equal(0, (await gated.RunAsync(["ping", "-c", "1", "-W", "2", address], Test)).ExitCode);
    }

    /// <summary>Printed, not asserted: the machine decides.</summary>
    [Fact]
    public async Task Order_ManyRenewals_WhatOneCosts()
    {
        const int renewals = 300;
        await using var network = await CreateAsync();
        using var gate = Start(network, out var done);
        Order(gate, done, Long);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < renewals; i++) Order(gate, done, Long);
        var each = Stopwatch.GetElapsedTime(started) / renewals;
        TestContext.Current.TestOutputHelper?.WriteLine($"one renewal of two addresses: {each.TotalMicroseconds:0} µs");
    }

    [Theory]
    [InlineData("node1", "/run/a", "drcm-node1-")]
    [InlineData("a.b_c", "/run/b", "drcm-a-b-c-")]
    public void TableName_AnyNode_IsOneThatNftTakes(string node, string runDir, string start)
    {
        Assert.StartsWith(start, GateText.TableName(node, runDir), StringComparison.Ordinal);
        Assert.NotEqual(GateText.TableName(node, runDir), GateText.TableName(node, runDir + "x"));
    }

    private static KernelGate Start(TestNetwork network, out BlockingCollection<bool> done)
    {
        var results = new BlockingCollection<bool>();
        var gate = new KernelGate(Table, NullLogger<KernelGate>.Instance) { Done = results.Add };
        network.Hosts[0].Within(gate.Start);
        done = results;
        return gate;
    }

    private static void Order(KernelGate gate, BlockingCollection<bool> done, TimeSpan time)
    {
        gate.Order(new GateOrder([Four, Six], [Four, Six], MonotonicClock.Now + time));
        Assert.True(done.Take(Test));
    }

    private static async Task AssertReachableAsync(TestNetwork network)
    {
        foreach (var address in new[] { Four, Six })
        {
            await network.Client.RunAsync(["ip", "neigh", "flush", "dev", "eth0"], Test);
            Assert.Equal(0, await PingAsync(network, address.ToString()));
            Assert.Equal("02000088000B", Convert.ToHexString(Ask(network, address) ?? []));
        }
    }

    private static async Task AssertUnreachableAsync(TestNetwork network)
    {
        foreach (var address in new[] { Four, Six })
        {
            Assert.NotEqual(0, await PingAsync(network, address.ToString()));
            Assert.Null(Ask(network, address));
        }
    }

    private static byte[]? Ask(TestNetwork network, IPAddress address) =>
        network.Client.Within(() => NeighbourProbe.Ask("eth0", address, Test));

    private static async Task<int> PingAsync(TestNetwork network, string address) =>
        (await network.Client.RunAsync(["ping", "-c", "1", "-W", "1", address], Test)).ExitCode;

    /// <summary>The floating addresses are on node1.</summary>
    private static async Task<TestNetwork> CreateAsync()
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        var network = await TestNetwork.CreateAsync(2, Test);
        await network.Hosts[0].RunAsync(["bash", "-c", "ip addr add 10.88.0.100/24 dev eth0; ip addr add fd88::100/64 dev eth0 nodad"], Test);
        return network;
    }
}
