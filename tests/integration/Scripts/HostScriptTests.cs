using Drcm.TestHosts;
using Xunit;

namespace Drcm.Integration.Tests.Scripts;

/// <summary>Scripts that change a host: on hosts in namespaces.</summary>
public sealed class HostScriptTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ipv4Addr_AllForms_AddedOnceWithTheLabelAndGoneAfterwards()
    {
        await using var network = await CreateAsync();
        var host = network.Hosts[0];
        await MustAsync(host, "ipv4addr.sh", "10.88.0.100", "255.255.255.0", "eth0:1", "start");
        await MustAsync(host, "ipv4addr.sh", "10.88.0.100", "24", "eth0:1", "start");
        Assert.Contains("inet 10.88.0.100/24 scope global secondary eth0:1", await AddressesAsync(host), StringComparison.Ordinal);
        Assert.Equal(3, (await ResourceScripts.RunAsync(host, "ipv4addr.sh", "10.88.0.10", "24", "eth0", "status")).ExitCode);
        await MustAsync(host, "ipv4addr.sh", "10.88.0.100", "24", "eth0:1", "status");
        await MustAsync(host, "ipv4addr.sh", "10.88.0.101", "255.255.255.240", "'nosuch0|eth0:2'", "start");
        Assert.Contains("inet 10.88.0.101/28 scope global eth0:2", await AddressesAsync(host), StringComparison.Ordinal);
        await MustAsync(host, "ipv4addr.sh", "fd88::100", "64", "eth0", "start");
        Assert.Contains("inet6 fd88::100/64 scope global nodad", await AddressesAsync(host), StringComparison.Ordinal);
        foreach (var (address, mask) in new[] { ("10.88.0.100", "255.255.255.0"), ("10.88.0.101", "28"), ("fd88::100", "64") })
        {
            await MustAsync(host, "ipv4addr.sh", address, mask, "eth0:1", "stop");
            await MustAsync(host, "ipv4addr.sh", address, mask, "eth0:1", "stop");
        }
        var left = await AddressesAsync(host);
        Assert.DoesNotContain("10.88.0.10", left, StringComparison.Ordinal);
        Assert.DoesNotContain("fd88::100/", left, StringComparison.Ordinal);
        Assert.Contains("10.88.0.11/24", left, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ipv4Addr_ListOfInterfaces_FirstThatIsUpAndMovedThere()
    {
        await using var network = await CreateAsync();
        var host = network.Hosts[0];
        await ShellAsync(host, "ip link add veth8 type veth peer name veth9; ip addr add 10.88.0.100/24 dev veth9");
        var result = await ResourceScripts.RunAsync(host, "ipv4addr.sh", "10.88.0.100", "24", "veth8|eth0", "start");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("moving it to eth0", result.Output, StringComparison.Ordinal);
        Assert.Equal("eth0\n", (await ShellAsync(host, "ip -o addr show to 10.88.0.100 | awk '{ print $2 }'")).Output);
    }

    [Theory]
    [InlineData("255.0.255.0", "eth0", "has a hole")]
    [InlineData("33", "eth0", "is above 32")]
    [InlineData("abc", "eth0", "neither a prefix length nor a dotted mask")]
    [InlineData("255.255.255", "eth0", "four numbers")]
    [InlineData("24", "nosuch0|nosuch1:1", "none of the interfaces nosuch0|nosuch1:1 exists")]
    public async Task Ipv4Addr_BadRow_FailsWithTheRemedy(string netmask, string device, string expected)
    {
        await using var network = await CreateAsync();
        var result = await ResourceScripts.RunAsync(network.Hosts[0], "ipv4addr.sh", "10.88.0.100", netmask, device, "start");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(expected, result.Output, StringComparison.Ordinal);
        Assert.Contains("cm.cfg", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nfs_BindMount_MountedOnceWatchedUnmounted()
    {
        await using var network = await CreateAsync();
        var host = network.Hosts[0];
        Directory.CreateDirectory(Path.Combine(host.SharedDirectory, "source"));
        var source = Path.Combine(host.SharedDirectory, "source");
        var target = Path.Combine(host.SharedDirectory, "my target");
        Task<ToolResult> Run(string action) =>
            ResourceScripts.RunAsync(host, "nfs.sh", "--type", "none", "--options", "bind", source, target, action);
        Assert.Equal(3, (await Run("status")).ExitCode);
        Assert.Equal(new ToolResult(0, ""), await Run("mount"));
        Assert.Equal(new ToolResult(0, ""), await Run("mount"));
        Assert.Equal("1\n", (await ShellAsync(host, "grep -c 'my.040target' /proc/self/mountinfo")).Output);
        Assert.Equal(0, (await Run("status")).ExitCode);
        Assert.Equal(new ToolResult(0, ""), await Run("unmount"));
        Assert.Equal(new ToolResult(0, ""), await Run("unmount"));
        Assert.Equal(0, (await Run("watch")).ExitCode);
        Assert.Equal(0, (await Run("status")).ExitCode);
        await using var user = await host.StartAsync(["bash", "-c", $"cd '{target}' && exec sleep infinity"], Test);
        while ((await ShellAsync(host, $"readlink /proc/{user.InnerId}/cwd")).Output.TrimEnd() != target) { }
        var busy = await Run("unmount");
        Assert.Equal(0, busy.ExitCode);
        Assert.Contains("detaching", busy.Output, StringComparison.Ordinal);
        Assert.Equal(3, (await Run("status")).ExitCode);
    }

    [Fact]
    public async Task Service_InitScript_StartedStoppedAndWatched()
    {
        await using var network = await CreateAsync();
        var host = network.Hosts[0];
        await ShellAsync(host, """
            mkdir -p /etc/init.d
            cat >/etc/init.d/mock <<'END'
            #!/bin/sh
            case $1 in
                start) touch /run/mock ;;
                stop) rm -f /run/mock ;;
                status) [ -e /run/mock ] || exit 3 ;;
            esac
            END
            chmod 755 /etc/init.d/mock
            """);
        async Task<int> Run(string action) => (await ResourceScripts.RunAsync(host, "service.sh", "mock", action)).ExitCode;
        Assert.Equal(3, await Run("status"));
        Assert.Equal(0, await Run("start"));
        Assert.Equal(0, await Run("start"));
        Assert.Equal(0, await Run("status"));
        Assert.Equal(0, await Run("stop"));
        Assert.Equal(0, await Run("stop"));
        Assert.Equal(3, await Run("status"));
        Assert.Equal(0, await Run("watch"));
        Assert.Equal(0, await Run("status"));
        var absent = await ResourceScripts.RunAsync(host, "service.sh", "absent", "start");
        Assert.Equal(1, absent.ExitCode);
        Assert.Contains("install the service", absent.Output, StringComparison.Ordinal);
    }

    private static async Task MustAsync(TestHost host, string script, params string[] arguments) =>
        Assert.Equal(new ToolResult(0, ""), await ResourceScripts.RunAsync(host, script, arguments));

    private static Task<ToolResult> ShellAsync(TestHost host, string text) => host.RunAsync(["bash", "-c", text], Test);

    private static async Task<string> AddressesAsync(TestHost host) => (await ShellAsync(host, "ip addr show")).Output;

    private static async Task<TestNetwork> CreateAsync()
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        return await TestNetwork.CreateAsync(1, Test);
    }
}
