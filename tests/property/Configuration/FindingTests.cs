using Xunit;
using Drcm.StateMachine.Configuration;

namespace Drcm.Property.Tests.Configuration;

/// <summary>One mistake, one finding: what it says, how grave it is, and whether a daemon may still run.</summary>
public sealed class FindingTests
{
    [Fact]
    public void Read_GoodFile_FindsNothing()
    {
        var file = CmConfigReader.Read(Sample.Text());

        Assert.Empty(file.Diagnostics);
        Assert.NotNull(file.Definition);
    }

    [Theory]
    [InlineData("udpport = 0", "udpport is 0, out of range")]
    [InlineData("tcpport = 65536", "tcpport is 65536, out of range")]
    [InlineData("udpport =", "udpport has no value")]
    [InlineData("udpport = http", "udpport is \"http\", not a whole number")]
    [InlineData("dead_node_count = 0", "dead_node_count is 0, out of range")]
    [InlineData("dead_node_count = -5", "dead_node_count is -5, out of range")]
    [InlineData("keep_alive_interval_ms = 0", "keep_alive_interval_ms is \"0\"")]
    [InlineData("lease_ms = soon", "lease_ms is \"soon\"")]
    [InlineData("initdead = -1", "initdead is \"-1\"")]
    [InlineData("failback = perhaps", "failback is \"perhaps\"")]
    [InlineData("failback = delay=x", "failback is \"delay=x\"")]
    [InlineData("http_port = 53897", "http_port and tcpport are both 53897")]
    [InlineData("lease_ms = 1000\nstop_budget_ms = 498", "lease_ms + stop_budget_ms is 1498 ms")]
    [InlineData("lease_ms = 1500", "D = 1500 ms leaves no time to release")]
    [InlineData("keep_alive_interval_ms = 10\ndead_node_count = 3", "D = 30 ms leaves no time to release")]
    [InlineData("keep_alive_interval_ms = 100000\ndead_node_count = 1000000", "dead_node_count x keep_alive_interval_ms")]
    public void Read_BadClusterSetting_ForbidsToRun(string server, string what)
    {
        var file = CmConfigReader.Read(Sample.Text(server: server));

        Assert.StartsWith(what, file.Diagnostics[0].What, StringComparison.Ordinal);
        Assert.Equal(Severity.Error, file.Diagnostics[0].Severity);
        Assert.Null(file.Definition);
    }

    [Theory]
    [InlineData("num_logs_to_keep = 0", "num_logs_to_keep is 0, out of range")]
    [InlineData("max_log_size = 0", "max_log_size is 0, out of range")]
    [InlineData("max_log_size = 2000000001", "max_log_size is 2000000001, out of range")]
    [InlineData("log_queue_size = 0", "log_queue_size is 0, out of range")]
    [InlineData("log_queue_debug_size = -1", "log_queue_debug_size is -1, out of range")]
    [InlineData("log_queue_proc_size = 0", "log_queue_proc_size is 0, out of range")]
    [InlineData("log_level = 6", "log_level is 6, out of range")]
    [InlineData("announce_interval = -1", "announce_interval is \"-1\"")]
    [InlineData("http_port = 65536", "http_port is 65536, out of range")]
    [InlineData("http_bind = here", "http_bind is no IP address")]
    [InlineData("debug = maybe", "debug is \"maybe\", neither yes nor no")]
    [InlineData("run_dir = run", "run_dir is \"run\", not an absolute path")]
    [InlineData("just words", "a line of [CM_SERVER] is not key = value")]
    [InlineData("dead_node_count = 2", "dead_node_count is 2: a single lost datagram could kill a node")]
    [InlineData("election_timeout_ms = 1501", "election_timeout_ms is longer than D = 1500 ms")]
    [InlineData("election_timeout_ms = 100", "election_timeout_ms is not longer than one keep-alive interval")]
    [InlineData("[CM_STUFF]", "unknown section \"CM_STUFF\"")]
    [InlineData("[CM_SERVER", "the section header has no closing bracket")]
    [InlineData("debug = \u0001", "the line contains control characters")]
    public void Read_BadLocalSetting_IsAnErrorThatADaemonSurvives(string server, string what)
    {
        var file = CmConfigReader.Read(Sample.Text(server: server));

        var finding = file.Diagnostics.First(d => d.Severity == Severity.Error);
        Assert.StartsWith(what, finding.What, StringComparison.Ordinal);
        Assert.NotNull(file.Definition);
    }

    [Theory]
    [InlineData("dead_node_count = 60;", "dead_node_count ends in a semicolon", "write dead_node_count = 60")]
    [InlineData("bash_shell = /bin/bash", "unknown key \"bash_shell\"", "remove it; it has no effect")]
    [InlineData("dead_node_cuont = 60", "unknown key \"dead_node_cuont\"", "did you mean dead_node_count?")]
    [InlineData("logfile_name = x.log", "logfile_name is another spelling of logfile", "write logfile; it counts as that")]
    [InlineData("logfile = /tmp/x.log", "logfile holds a path, which is ignored", "write logfile = x.log; its directory is log_dir")]
    [InlineData("engine = etcd", "engine is accepted, not yet acted on", "rely on nothing it asks for")]
    [InlineData("cron_guard = 0",
        "cron_guard is off: cron begins jobs on a node that has lost its lease for as long as the crontab cannot be removed there, and missed runs are not reported",
        "remove it, unless no shell of a crontab quotes as sh does")]
    [InlineData("debug = 0\ndebug = 1", "debug is given twice (line 2)", "keep one of them; the last one counts")]
    [InlineData("[CM_ALERTS]", "[CM_ALERTS] is accepted, not yet acted on", "rely on nothing it asks for")]
    [InlineData("[CM_CRONTABS] x", "text after a section header is ignored", "put it on a line of its own")]
    [InlineData("[CM_CRONTABS]\n[CM_SERVER]", "[CM_SERVER] is given twice", "join the two; of each key the last one counts")]
    public void Read_OddSetting_Warns(string server, string what, string remedy)
    {
        var finding = Sample.Single(Sample.Text(server: server));

        Assert.Equal((Severity.Warning, what, remedy), (finding.Severity, finding.What, finding.Remedy));
    }

    [Theory]
    [InlineData("", "there is no [CM_SERVER]")]
    [InlineData("[CM_NODE]\nnodename = a\nhostname = a\nkeep_alive_ip = 10.0.0.1", "there is no [CM_SERVER]")]
    [InlineData("[CM_SERVER]\nudpport = 1", "there is no [CM_NODE]")]
    public void Read_SectionMissing_ForbidsToRun(string text, string what)
    {
        var file = CmConfigReader.Read(text);

        Assert.Equal(what, file.Diagnostics[0].What);
        Assert.Equal(0, file.Diagnostics[0].Line);
        Assert.Null(file.Definition);
    }
}
