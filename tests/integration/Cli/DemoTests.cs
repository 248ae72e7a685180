using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Drcm.Integration.Tests.Cli;

/// <summary>The demo with real daemons. Times depend on the machine, so they are only compared with each other.</summary>
[Collection("demo")]
public sealed partial class DemoTests
{
    /// <summary>How many times D a takeover may take on a machine that does other things as well.</summary>
    private const double TakeoverPerBound = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Demo_Json_TellsOfTakeoverAndFailbackWithoutOverlap()
    {
        var result = await RunProgram.ToEndAsync(RunProgram.Drcm, ["demo", "--json"], Token);

        Assert.True(result.Exit == 0, result.Errors);
        using var json = JsonDocument.Parse(result.Output);
        var story = json.RootElement;
        Assert.True(story.GetProperty("ok").GetBoolean());
        Assert.Equal(3, story.GetProperty("nodes").GetInt32());
        Assert.Equal(9, story.GetProperty("resources").GetInt32());
        Assert.Equal(0, story.GetProperty("overlap_ms").GetDouble());
        Assert.True(story.GetProperty("events").GetInt32() > 0);
        var bound = story.GetProperty("detection_bound_ms").GetDouble();
        Assert.InRange(story.GetProperty("takeover_ms").GetDouble() / bound, 0.1, TakeoverPerBound);
        Assert.True(story.GetProperty("healthy_ms").GetDouble() > 0);
        Assert.True(story.GetProperty("failback_ms").GetDouble() > 0);
    }

    [Fact]
    public async Task Demo_TwoNodes_AddsAWitnessAndSaysSo()
    {
        var config = Path.Combine(AppContext.BaseDirectory, $"two-nodes-{Environment.ProcessId}.cfg");
        await File.WriteAllTextAsync(config, TwoNodes, Token);
        using var demo = RunProgram.Start(RunProgram.Drcm, ["demo", "--config", config]);
        var said = "";
        while (!said.Contains("healthy after", StringComparison.Ordinal))
        {
            var line = await demo.StandardOutput.ReadLineAsync(Token);
            if (line is null) Assert.Fail(await demo.StandardError.ReadToEndAsync(Token));
            said += line + "\n";
        }
        await InterruptAsync(demo);
        File.Delete(config);

        Assert.Contains("a witness that runs no resources is added", said, StringComparison.Ordinal);
        Assert.Contains("3 daemons start", said, StringComparison.Ordinal);
    }

    /// <summary>A takeover takes a minute, so that the interruption comes before its end. Whoever runs the tests in the background may have them, and all that they start, ignore SIGINT.</summary>
    [Fact]
    public async Task Demo_Interrupted_LeavesNothingBehind()
    {
        var config = Path.Combine(AppContext.BaseDirectory, $"patient-{Environment.ProcessId}.cfg");
        await File.WriteAllTextAsync(config, TwoNodes.Replace("dead_node_count = 60;", "dead_node_count = 600\nelection_timeout_ms = 750", StringComparison.Ordinal), Token);
        using var demo = RunProgram.Start("env", ["--default-signal=INT", RunProgram.Drcm, "demo", "--config", config]);
        string? directory = null;
        while (await demo.StandardOutput.ReadLineAsync(Token) is { } line)
        {
            if (DirectoryName().Match(line) is { Success: true } match) directory = match.Value;
            if (line.Contains("healthy after", StringComparison.Ordinal)) break;
        }
        Assert.NotNull(directory);
        Assert.NotEmpty(ProcessesOf(directory));

        await InterruptAsync(demo);
        File.Delete(config);

        Assert.Equal(130, demo.ExitCode);
        Assert.False(Directory.Exists(directory));
        Assert.Empty(ProcessesOf(directory));
    }

    [Fact]
    public async Task Demo_DaemonThatEndsAtOnce_FailsWithASentence()
    {
        var result = await RunProgram.ToEndAsync(RunProgram.Drcm, ["demo", "--json"], Token, ("DRCM_DRCMD", "/bin/false"));

        Assert.Equal(1, result.Exit);
        Assert.Contains("ended by itself", result.Errors, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(result.Output);
        Assert.False(json.RootElement.GetProperty("ok").GetBoolean());
    }

    private static async Task InterruptAsync(Process demo)
    {
        using var kill = Process.Start("kill", ["-INT", demo.Id.ToString(CultureInfo.InvariantCulture)]);
        await demo.WaitForExitAsync(Token);
    }

    private static List<string> ProcessesOf(string directory)
    {
        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])))
        {
            try
            {
                if (File.ReadAllText($"{process}/environ").Contains($"DRCM_DEMO={directory}", StringComparison.Ordinal)) found.Add(process);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // Gone meanwhile.
            }
        }
        return found;
    }

    [GeneratedRegex(@"/\S*drcm-demo-\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DirectoryName();

    private const string TwoNodes = """
        [CM_SERVER]
        dead_node_count = 60;
        [CM_CRONTABS]
        apps, /etc/drcm/crontabs/apps, /etc/cron.d, /etc/drcm/resources/crontab.sh
        [CM_IPADDRS]
        web, 192.168.122.25, 255.255.255.0, eth0:1, /etc/drcm/resources/ipv4addr.sh
        [CM_NODE]
        nodename = cmnode1
        hostname = vm1.example.com
        keep_alive_ip = 192.168.122.111
        node_floating_ip_addrs = web
        node_backup_crontabs = cmnode2:apps
        [CM_NODE]
        nodename = cmnode2
        hostname = vm2.example.com
        keep_alive_ip = 192.168.122.112
        node_crontabs = apps
        node_backup_floating_ip_addrs = cmnode1:web
        """;
}
