using Drcm.Node.Scripts;
using Drcm.StateMachine.Configuration;
using Xunit;

namespace Drcm.Integration.Tests.Scripts;

public sealed class ResourceLogsTests
{
    [Fact]
    public void Append_FailedStart_OneHeadLineThenItsOutput()
    {
        using var directory = new TemporaryDirectory();
        using (var logs = new ResourceLogs(Settings(directory.Root), new FixedTime()))
        {
            logs.Append(
                ResourceCalls.For(Sample.Ip("10.0.0.1", "24", "eth0"), ScriptAction.Start, Sample.Context)!,
                new ScriptResult(1, false, false, "one\ntwo\n", TimeSpan.FromMilliseconds(12)));
        }
        Assert.Equal(
            "2026-11-22T10:00:00.000Z ip:web1 start token 7: exit 1 after 12 ms\n    one\n    two\n",
            File.ReadAllText(directory["ipv4addr_resource.log"]));
    }

    internal static LocalSettings Settings(string logDir) => new()
    {
        RunDir = logDir, LogDir = logDir, SpoolDir = logDir, ClusterUser = "root", ClusterGroup = "root", BindToKeepAliveIp = true,
        LogFileName = "drcm.log", NumLogsToKeep = 1, MaxLogSize = 1000, EnableLogging = true, ClearLog = false, LogLevel = 0,
        Debug = false, DebugLevel = 0, Verbose = false, VerboseLevel = 0, GuardsCrontabs = true, HttpPort = 1, HttpBind = "",
    };

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    }
}
