using System.Net;
using System.Net.Sockets;
using Drcm.Node.Announcements;
using Drcm.TestHosts;
using Xunit;

namespace Drcm.Integration.Tests.Hosts;

public sealed class AnnouncementTests
{
    private static readonly byte[] Mac = [2, 0, 0, 0x88, 0, 11];

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public void For_IpV4_AnnouncementAndReplyOfRfc5227()
    {
        var frames = AnnouncementFrames.For(IPAddress.Parse("10.88.0.100"), Mac);
        Assert.Equal(
            ["FFFFFFFFFFFF02000088000B08060001080006040001" + "02000088000B0A580064" + "0000000000000A580064",
             "FFFFFFFFFFFF02000088000B08060001080006040002" + "02000088000B0A580064" + "FFFFFFFFFFFF0A580064"],
            frames.Select(Convert.ToHexString));
    }

    [Fact]
    public async Task PacketSocket_FramesOfBothFamilies_NeighboursLearnTheNewHolder()
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        await using var network = await TestNetwork.CreateAsync(2, Test);
        var (a, b) = (network.Hosts[0], network.Hosts[1]);
        foreach (var (address, length) in new[] { ("10.88.0.100", 24), ("fd88::100", 64) })
        {
            await a.RunAsync(["ip", "address", "add", $"{address}/{length}", "dev", "eth0", "nodad"], Test);
            Assert.Equal(0, (await network.Client.RunAsync(["ping", "-c", "1", "-W", "2", address], Test)).ExitCode);
            await network.Client.RunAsync(["ip", "neigh", "change", address, "lladdr", "02:00:00:88:00:0b", "nud", "reachable", "dev", "eth0"], Test);
            await a.RunAsync(["ip", "address", "del", $"{address}/{length}", "dev", "eth0"], Test);
            b.Within(() =>
            {
                using var socket = PacketSocket.Open("eth0");
                foreach (var frame in AnnouncementFrames.For(IPAddress.Parse(address), socket.Mac)) socket.Send(frame);
            });
            string neighbour;
            do neighbour = (await network.Client.RunAsync(["ip", "neigh", "show", "to", address], Test)).Output;
            while (!neighbour.Contains("02:00:00:88:00:0c", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Open_NoSuchInterface_SaysSo() =>
        Assert.Contains("nosuch0", Assert.Throws<IOException>(() => PacketSocket.Open("nosuch0")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task AnnounceAsync_AddressNotHere_NothingIsSent()
    {
        var announcer = new AddressAnnouncer(TimeProvider.System);
        var result = await announcer.AnnounceAsync(Scripts.Sample.Ip("10.88.0.199", "24", "eth0"), Test);
        Assert.Equal(new AnnouncementResult(0, ""), result);
    }

    [Fact]
    public void List_OfAHost_ItsAddressesWithTheirInterfaces()
    {
        var all = Drcm.Node.Addresses.NetlinkAddresses.List();
        Assert.Contains(all, a => a.Interface == "lo" && a.Address.Equals(IPAddress.Loopback));
        Assert.Equal(Socket.OSSupportsIPv4, all.Exists(a => a.Address.AddressFamily == AddressFamily.InterNetwork));
    }

    [Fact]
    public async Task IpAddressProbe_OnTheRightOtherAndNoInterface_ActiveUnknownAbsent()
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        await using var network = await TestNetwork.CreateAsync(1, Test);
        var host = network.Hosts[0];
        var resource = Scripts.Sample.Ip("10.88.0.100", "24", "'eth7|eth0:1'");
        string Look() => host.Within(() => Drcm.Node.Probes.IpAddressProbe.Look(resource).State.ToString());
        Assert.Equal("Absent", Look());
        await host.RunAsync(["ip", "address", "add", "10.88.0.100/24", "dev", "lo"], Test);
        Assert.Equal("Unknown", Look());
        await host.RunAsync(["ip", "address", "add", "10.88.0.100/24", "dev", "eth0"], Test);
        Assert.Equal("Active", Look());
    }
}
