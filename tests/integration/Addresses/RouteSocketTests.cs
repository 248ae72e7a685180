using System.Net;
using Drcm.Node.Addresses;
using Drcm.TestHosts;
using Xunit;

namespace Drcm.Integration.Tests.Addresses;

public sealed class RouteSocketTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Add_BothFamiliesWithLabelBroadcastAndLifetime_AsIpShowsThem()
    {
        await using var network = await CreateAsync();
        var host = network.Hosts[0];
        var (first, again) = host.Within(() =>
        {
            using var route = new RouteSocket();
            var v4 = At(route, "10.88.0.100", 24) with { Label = "eth0:1" };
            var results = (route.Add(v4, TimeSpan.FromSeconds(60)), route.Add(v4, null));
            Assert.True(route.Add(At(route, "10.88.7.1", 30), null).IsDone);
            Assert.True(route.Add(At(route, "fd88::100", 64) with { HasPrefixRoute = false }, TimeSpan.FromSeconds(60)).IsDone);
            return results;
        });
        Assert.True(first.IsDone, first.ToString());
        Assert.True(again.WasThere, again.ToString());
        var shown = (await host.RunAsync(["ip", "addr", "show", "dev", "eth0"], Test)).Output;
        Assert.Contains("inet 10.88.0.100/24 brd 10.88.0.255 scope global secondary dynamic eth0:1", shown, StringComparison.Ordinal);
        Assert.Contains("inet 10.88.7.1/30 brd 10.88.7.3 scope global eth0", shown, StringComparison.Ordinal);
        Assert.Contains("inet6 fd88::100/64 scope global nodad dynamic noprefixroute", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_PresentAndAbsent_DoneAndWasGone()
    {
        await using var network = await CreateAsync();
        var left = network.Hosts[0].Within(() =>
        {
            using var route = new RouteSocket();
            foreach (var address in new[] { At(route, "10.88.0.100", 24), At(route, "fd88::100", 64) })
            {
                Assert.True(route.Add(address, null).IsDone);
                Assert.True(route.Remove(address).IsDone);
                Assert.True(route.Remove(address).WasGone);
            }
            return NetlinkAddresses.List();
        });
        Assert.DoesNotContain(left, a => a.Address.ToString().EndsWith("100", StringComparison.Ordinal));
    }

    /// <summary>Why whoever refreshes has to look first: the kernel would put a removed address back.</summary>
    [Fact]
    public async Task Refresh_OfAnAddressThatIsGone_CreatesIt()
    {
        await using var network = await CreateAsync();
        Assert.True(network.Hosts[0].Within(() =>
        {
            using var route = new RouteSocket();
            var address = At(route, "10.88.0.100", 24);
            Assert.True(route.Refresh(address, TimeSpan.FromSeconds(60)).IsDone);
            return NetlinkAddresses.List().Exists(a => a.Address.Equals(address.Address) && a.Expires);
        }));
    }

    [Fact]
    public async Task Link_UpWithoutCarrierAndMissing_SaysWhich()
    {
        await using var network = await CreateAsync();
        var host = network.Hosts[0];
        await host.UnplugAsync(Test);
        var (eth0, lo, none) = host.Within(() =>
        {
            using var route = new RouteSocket();
            return (route.Link("eth0"), route.Link("lo"), route.Link("nosuch0"));
        });
        Assert.True(eth0 is { IsUp: true, HasCarrier: false, IsLoopback: false });
        Assert.Equal("02000088000B", Convert.ToHexString(eth0.Mac));
        Assert.True(lo is { IsLoopback: true });
        Assert.Null(none);
    }

    private static PlacedAddress At(RouteSocket route, string address, int prefixLength) =>
        new(route.Link("eth0")!.Index, IPAddress.Parse(address), prefixLength);

    private static async Task<TestNetwork> CreateAsync()
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        return await TestNetwork.CreateAsync(1, Test);
    }
}
