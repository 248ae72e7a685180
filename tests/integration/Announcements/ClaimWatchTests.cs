using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Drcm.Node.Announcements;
using Drcm.Node.Clock;
using Drcm.TestHosts;
using Xunit;

namespace Drcm.Integration.Tests.Announcements;

public sealed class ClaimWatchTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("10.88.0.100", "24")]
    [InlineData("fd88::100", "64")]
    public async Task StrangerAnnouncesAHeldAddress_AnnouncedAgainAndHisHardwareAddressIsNamed(string text, string length)
    {
        await using var network = await CreateAsync();
        var (owner, stranger) = (network.Hosts[0], network.Hosts[1]);
        var address = IPAddress.Parse(text);
        await owner.RunAsync(["ip", "address", "add", $"{text}/{length}", "dev", "eth0", "nodad"], Test);
        Assert.Equal(0, (await network.Client.RunAsync(["ping", "-c", "1", "-W", "2", text], Test)).ExitCode);
        var log = new RecordedLog<ClaimWatch>();
        using var watch = new ClaimWatch(new AddressAnnouncer(TimeProvider.System).AnnounceOnce, log);
        watch.Hold([address]);
        watch.LeaseMoved(MonotonicClock.Now + Lease);
        owner.Within(watch.Start);
        do Claim(stranger, address);
        while (!log.Lines.TryTake(out _, TimeSpan.FromMilliseconds(50)) && !Test.IsCancellationRequested);

        string neighbour;
        do neighbour = (await network.Client.RunAsync(["ip", "neigh", "show", "to", text], Test)).Output;
        while (!neighbour.Contains("02:00:00:88:00:0b", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Claims_Many_AnswersAreBoundedTheLastWordIsOursAndTheLogSaysItOnce()
    {
        await using var network = await CreateAsync();
        var (owner, stranger) = (network.Hosts[0], network.Hosts[1]);
        var address = IPAddress.Parse("10.88.0.100");
        var log = new RecordedLog<ClaimWatch>();
        using var announced = new BlockingCollection<IPAddress>();
        using var watch = new ClaimWatch(announced.Add, log);
        watch.Hold([address]);
        watch.LeaseMoved(MonotonicClock.Now + Lease);
        owner.Within(watch.Start);
        do Claim(stranger, address);
        while (!announced.TryTake(out _, TimeSpan.FromMilliseconds(50)));
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 100; i++) Claim(stranger, address);
        // The last word is the owner's, however many there were.
        Assert.Equal(address, announced.Take(Test));
        Assert.InRange(announced.Count, 0, 2 + (int)(Stopwatch.GetElapsedTime(started) / ClaimWatch.Interval));
        Assert.StartsWith("10.88.0.100 is claimed by 02:00:00:88:00:0c too (", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Claim_LeaseIsOver_OnlyTheOneUnderALeaseAnnounces()
    {
        await using var network = await CreateAsync();
        var (owner, stranger) = (network.Hosts[0], network.Hosts[1]);
        var address = IPAddress.Parse("10.88.0.100");
        using var announced = new BlockingCollection<IPAddress>();
        using var announcedWithout = new BlockingCollection<IPAddress>();
        using var watch = new ClaimWatch(announced.Add, new RecordedLog<ClaimWatch>());
        using var without = new ClaimWatch(announcedWithout.Add, new RecordedLog<ClaimWatch>());
        watch.LeaseMoved(MonotonicClock.Now + Lease);
        without.LeaseMoved(MonotonicClock.Now);
        foreach (var each in new[] { without, watch })
        {
            each.Hold([address]);
            owner.Within(each.Start);
        }
        for (var heard = 0; heard < 2;)
        {
            Claim(stranger, address);
            if (announced.TryTake(out _, TimeSpan.FromMilliseconds(50))) heard++;
        }
        Assert.Empty(announcedWithout);
    }

    private static void Claim(TestHost stranger, IPAddress address) => stranger.Within(() =>
    {
        using var socket = PacketSocket.Open("eth0");
        foreach (var frame in AnnouncementFrames.For(address, socket.Mac)) socket.Send(frame);
    });

    private static async Task<TestNetwork> CreateAsync()
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        return await TestNetwork.CreateAsync(2, Test);
    }
}
