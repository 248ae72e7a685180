using Xunit;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;

namespace Drcm.Property.Tests.Configuration;

public sealed class HostCheckTests
{
    private const int Open = 0b110_110_110;

    [Fact]
    public void Check_CompleteHost_FindsNothing() => Assert.Empty(Check(FakeHost.Complete()));

    [Theory]
    [InlineData("/etc/drcm", "the directory of cm.cfg /etc/drcm is missing")]
    [InlineData("/var/run/drcm", "run_dir /var/run/drcm is missing")]
    [InlineData("/var/log/drcm", "log_dir /var/log/drcm is missing")]
    [InlineData("/var/spool/drcm", "spool_dir /var/spool/drcm is missing")]
    [InlineData("/etc/drcm/crontabs/apps", "the template /etc/drcm/crontabs/apps of cron:apps is missing or cannot be read")]
    [InlineData("/etc/cron.d", "the install location /etc/cron.d of cron:apps is missing")]
    [InlineData("/etc/drcm/crontab.sh", "the script /etc/drcm/crontab.sh of cron:apps is missing or cannot be read")]
    [InlineData("/etc/drcm/ip.sh", "the script /etc/drcm/ip.sh of ip:web is missing or cannot be read")]
    [InlineData("/etc/drcm/service.sh", "the script /etc/drcm/service.sh of service:web is missing or cannot be read")]
    [InlineData("/etc/drcm/fs.sh", "the script /etc/drcm/fs.sh of filesystem:data is missing or cannot be read")]
    [InlineData("/etc/drcm/.auth/authkey", "the auth key /etc/drcm/.auth/authkey is missing or cannot be read")]
    public void Check_PathMissing_IsAnError(string path, string what) =>
        AssertFinds(Severity.Error, what, FakeHost.Complete().Without(path));

    [Fact]
    public void Check_TemplateThatCronWouldRefuse_IsAnErrorThatNamesItsLine() =>
        AssertFinds(Severity.Error, "/etc/drcm/crontabs/apps:2: its minute cannot be read",
            FakeHost.Complete().WithText("/etc/drcm/crontabs/apps", "# jobs\nevery day root true\n"));

    [Fact]
    public void Check_WithoutNftables_WarnsWhatIsNotCovered()
    {
        var host = FakeHost.Complete();
        host.HasNftables = false;
        AssertFinds(Severity.Warning,
            "libnftables.so.1 is missing: when drcmd and its guard freeze together, this node holds its floating addresses beyond D", host);
    }

    [Fact]
    public void Check_HashMissing_Warns() =>
        AssertFinds(Severity.Warning, "/etc/drcm/.auth/authkey.sha1 is missing or cannot be read",
            FakeHost.Complete().Without("/etc/drcm/.auth/authkey.sha1"));

    [Fact]
    public void Check_KeyUnreadable_IsAnError() =>
        AssertFinds(Severity.Error, "the auth key /etc/drcm/.auth/authkey is missing or cannot be read",
            FakeHost.Complete().With("/etc/drcm/.auth/authkey", 0b110_000_000, AuthKeyRules.KeyLength, isReadable: false));

    [Fact]
    public void Check_KeyOfOthers_IsAnErrorThatNamesTheMode() =>
        AssertFinds(Severity.Error, "/etc/drcm/.auth/authkey has mode 0666: others may use the key",
            FakeHost.Complete().With("/etc/drcm/.auth/authkey", Open, AuthKeyRules.KeyLength));

    [Theory]
    [InlineData(0, Severity.Error)]
    [InlineData(31, Severity.Error)]
    [InlineData(32, Severity.Warning)]
    [InlineData(2_000_000, Severity.Error)]
    public void Check_KeyOfWrongLength_IsFound(long length, Severity severity) =>
        Assert.Equal(severity, Assert.Single(
            Check(FakeHost.Complete().With("/etc/drcm/.auth/authkey", 0b110_000_000, length))).Severity);

    [Fact]
    public void Check_KeyDirectoryWritableByOthers_IsAnError() =>
        AssertFinds(Severity.Error, "/etc/drcm/.auth has mode 0777: others may replace the key",
            FakeHost.Complete().WithDirectory("/etc/drcm/.auth", 0b111_111_111));

    [Fact]
    public void Check_SpoolWritableByOthers_IsAnError() =>
        AssertFinds(Severity.Error, "spool_dir /var/spool/drcm has mode 0777: others may forge its promises",
            FakeHost.Complete().WithDirectory("/var/spool/drcm", 0b111_111_111));

    [Fact]
    public void Check_ScriptNotExecutable_IsAnError() =>
        AssertFinds(Severity.Error, "the script /etc/drcm/ip.sh of ip:web is not executable",
            FakeHost.Complete().With("/etc/drcm/ip.sh", Open));

    [Fact]
    public void Check_NotRoot_Warns() =>
        AssertFinds(Severity.Warning, "this user is not root", new Func<FakeHost>(() =>
        {
            var host = FakeHost.Complete();
            host.IsRoot = false;
            return host;
        })());

    [Fact]
    public void Check_HostnameNotInTheFile_IsAnErrorUnlessTheNodeIsNamed()
    {
        var host = FakeHost.Complete();
        host.Hostname = "z";

        AssertFinds(Severity.Error, "no [CM_NODE] has the hostname of this host, z", host);
        Assert.Empty(Check(host, new NodeId("b")));
        Assert.Equal("no [CM_NODE] has the nodename c", Assert.Single(Check(host, new NodeId("c"))).What);
    }

    [Fact]
    public void Check_Witness_NeedsNoScripts()
    {
        var file = CmConfigReader.Read(Sample.Text(rest: Sample.Node("w", 1, "witness = 1")));
        var host = FakeHost.Complete().Without("/etc/drcm/ip.sh");

        Assert.Empty(HostCheck.Check(file, FakeHost.ConfigPath, new NodeId("w"), host));
    }

    [Fact]
    public void Check_MissingScript_PointsAtItsColumn()
    {
        var finding = Assert.Single(Check(FakeHost.Complete().Without("/etc/drcm/fs.sh")));

        Assert.Equal((16, 19), (finding.Line, finding.Column));
    }

    [Fact]
    public void Check_BadFileOfTheOriginal_FindsItsMissingScripts()
    {
        var file = CmConfigReader.Read(TestData.Read("bad.cfg"));
        var host = FakeHost.Complete();
        host.Hostname = "vm1.example.com";

        var missing = HostCheck.Check(file, FakeHost.ConfigPath, node: null, host)
            .Where(d => d.What.Contains("/nope.sh", StringComparison.Ordinal));

        Assert.Equal([(21, 55), (22, 55)], missing.Select(d => (d.Line, d.Column)));
    }

    [Theory]
    [InlineData("/a/b.sh --flag", "/a/b.sh")]
    [InlineData("'/a b/c.sh' x", "/a b/c.sh")]
    [InlineData("/a\\ b.sh x", "/a b.sh")]
    [InlineData("\"/a\"/b", "/a/b")]
    [InlineData("", "")]
    public void First_Script_IsCutAsAShellWould(string script, string word) => Assert.Equal(word, ScriptWords.First(script));

    private static IReadOnlyList<Diagnostic> Check(FakeHost host, NodeId? node = null) =>
        HostCheck.Check(CmConfigReader.Read(Sample.Text()), FakeHost.ConfigPath, node, host);

    private static void AssertFinds(Severity severity, string what, FakeHost host)
    {
        var finding = Assert.Single(Check(host));
        Assert.Equal((severity, what), (finding.Severity, finding.What));
    }
}
