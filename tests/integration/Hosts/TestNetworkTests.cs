using System.Net;
using Drcm.TestHosts;
using Xunit;

namespace Drcm.Integration.Tests.Hosts;

public sealed class TestNetworkTests
{
    private static readonly IPAddress Floating = TestNetwork.FloatingAddress(0);

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateAsync_ThreeHosts_EachItsNameFilesProcessesAndNeighbours()
    {
        await using var network = await CreateAsync(3);
        foreach (var host in network.Hosts)
        {
            await File.WriteAllTextAsync(Path.Combine(host.ConfigurationDirectory, "mark"), host.Name, Test);
            var seen = await RunAsync(host, "uname -n; cat /etc/drcm/mark; echo; ls /etc/cron.d | wc -l; ls -d /proc/[0-9]* | wc -l; cat /proc/sys/kernel/random/boot_id; echo $DRCM_BOOT_ID");
            var lines = seen.Output.Split('\n');
            Assert.Equal([host.Name, host.Name, "0"], lines[..3]);
            Assert.InRange(int.Parse(lines[3], System.Globalization.CultureInfo.InvariantCulture), 2, 8);
            Assert.Equal([host.BootId.ToString(), host.BootId.ToString()], lines[4..6]);
            foreach (var other in network.Hosts) Assert.Equal(0, (await RunAsync(host, $"ping -c 1 -W 2 {other.Address}")).ExitCode);
        }
        Assert.False(File.Exists("/etc/drcm/mark"));
        Assert.Equal(0, (await network.Client.RunAsync(["ping", "-c", "1", "-W", "2", network.Hosts[2].Address.ToString()], Test)).ExitCode);
    }

    [Fact]
    public async Task PowerOffAsync_HostWithAddressAndProcess_AllGoneAtOnceDiskStays()
    {
        await using var network = await CreateAsync(2);
        var host = network.Hosts[0];
        using var observer = new AddressObserver(network, Floating);
        await RunAsync(host, $"ip addr add {Floating}/24 dev eth0; touch /var/spool/drcm/kept /var/run/drcm/lost");
        await using var process = await host.StartAsync(["sleep", "infinity"], Test);
        Assert.NotEqual(process.InnerId, process.OuterId);
        await observer.WaitForAsync(Floating, Test, host.Name);
        var boot = host.BootId;
        await host.PowerOffAsync(Test);
        await process.WaitForExitAsync(Test);
        await observer.WaitForAsync(Floating, Test);
        Assert.False(Directory.Exists($"/proc/{process.OuterId}"));
        Assert.NotEqual(0, (await network.Client.RunAsync(["ping", "-c", "1", "-W", "1", host.Address.ToString()], Test)).ExitCode);
        await host.PowerOnAsync(Test);
        Assert.NotEqual(boot, host.BootId);
        Assert.Equal("kept\n", (await RunAsync(host, "ls /var/spool/drcm /var/run/drcm | grep -v :")).Output.TrimStart('\n').Replace("\n\n", "\n", StringComparison.Ordinal));
        Assert.Equal(0, (await network.Client.RunAsync(["ping", "-c", "1", "-W", "2", host.Address.ToString()], Test)).ExitCode);
    }

    [Fact]
    public async Task CutLinkAsync_EitherDirection_SilentUntilRestored()
    {
        await using var network = await CreateAsync(2);
        var (a, b) = (network.Hosts[0], network.Hosts[1]);
        string ping = $"ping -c 1 -W 1 {b.Address}";
        foreach (var direction in Enum.GetValues<LinkDirection>())
        {
            await a.CutLinkAsync(direction, Test);
            Assert.NotEqual(0, (await RunAsync(a, ping)).ExitCode);
            Assert.Contains("LOWER_UP", (await RunAsync(a, "ip link show eth0")).Output, StringComparison.Ordinal);
            await a.RestoreLinkAsync(Test);
            await AnswersAsync(a, b);
        }
        await network.PartitionAsync([a], [b], Test);
        Assert.NotEqual(0, (await RunAsync(a, ping)).ExitCode);
        Assert.Equal(0, (await network.Client.RunAsync(["ping", "-c", "1", "-W", "2", a.Address.ToString()], Test)).ExitCode);
        await network.HealAsync(Test);
        await AnswersAsync(a, b);
        await a.LoseFramesAsync(100, Test);
        Assert.NotEqual(0, (await RunAsync(a, ping)).ExitCode);
    }

    [Fact]
    public async Task Observers_AddressMoved_WhoHadItAndWhoAnswered()
    {
        await using var network = await CreateAsync(2);
        var (a, b) = (network.Hosts[0], network.Hosts[1]);
        using var observer = new AddressObserver(network, Floating);
        using var asker = network.Client.Ask(Floating);
        await RunAsync(a, $"ip addr add {Floating}/24 dev eth0; arping -c 1 -U -I eth0 {Floating}");
        await asker.FirstAsync(h => h == a.Name, TimeSpan.Zero, Test);
        await RunAsync(b, $"ip addr add {Floating}/24 dev eth0");
        await observer.WaitForAsync(Floating, Test, a.Name, b.Name);
        await RunAsync(a, $"ip addr del {Floating}/24 dev eth0");
        await observer.WaitForAsync(Floating, Test, b.Name);
        var moved = network.Now;
        await RunAsync(b, $"arping -c 1 -U -I eth0 {Floating}");
        var answer = await asker.FirstAsync(h => h == b.Name, moved, Test);
        Assert.True(answer.ReceivedAt > moved);
        Assert.True(observer.DoubleSamples > 0);
        Assert.True(observer.LongestOverlap > TimeSpan.Zero);
        Assert.True(asker.LongestSilence(TimeSpan.Zero) > TimeSpan.Zero);
    }

    private static async Task AnswersAsync(TestHost from, TestHost to)
    {
        // A neighbour that failed meanwhile is asked for again only after a while.
        while ((await RunAsync(from, $"ping -c 1 -W 1 {to.Address}")).ExitCode != 0) { }
    }

    private static Task<ToolResult> RunAsync(TestHost host, string text) => host.RunAsync(["bash", "-c", text], Test);

    private static async Task<TestNetwork> CreateAsync(int hosts)
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        return await TestNetwork.CreateAsync(hosts, Test);
    }
}
