using Drcm.Node.Scripts;
using Drcm.StateMachine.Configuration;
using Xunit;

namespace Drcm.Integration.Tests.Scripts;

public sealed class ResourceCallsTests
{
    [Fact]
    public void For_EachKind_DocumentedArguments()
    {
        Assert.Equal(["c.sh", "/t/apps", "/etc/cron.d", "start"], Words(Sample.Cron("/t/apps", "/etc/cron.d", "c.sh"), ScriptAction.Start));
        Assert.Equal(["i.sh", "10.0.0.1", "24", "eth0|eth1", "stop"], Words(Sample.Ip("10.0.0.1", "24", "'eth0|eth1'", "i.sh"), ScriptAction.Stop));
        Assert.Equal(["s.sh", "-x", "httpd", "watch"], Words(Sample.Service("httpd", "s.sh -x"), ScriptAction.Watch));
        Assert.Equal(["n.sh", "h:/d", "/d", "mount"], Words(Sample.Filesystem("h:/d", "/d", "n.sh"), ScriptAction.Start));
        Assert.Equal(["n.sh", "h:/d", "/d", "unmount"], Words(Sample.Filesystem("h:/d", "/d", "n.sh"), ScriptAction.Stop));
        Assert.Equal(["ldm start; x"], Words(Sample.Application("u", "g", "ldm start; x"), ScriptAction.Start));
    }

    [Fact]
    public void For_ActionThatTheKindLacks_Null()
    {
        Assert.Null(ResourceCalls.For(Sample.Ip("10.0.0.1", "24", "eth0"), ScriptAction.Watch, Sample.Context));
        Assert.Null(ResourceCalls.For(Sample.Application("u", "g", "a"), ScriptAction.Watch, Sample.Context));
        Assert.Null(ResourceCalls.For(Sample.Application("u", "g", "a", ensure: "e"), ScriptAction.Status, Sample.Context));
    }

    [Fact]
    public void For_EachAction_ItsOwnTimeout()
    {
        var service = Sample.Service("httpd", "s.sh");
        Assert.Equal(service.StartTimeout, ResourceCalls.For(service, ScriptAction.Start, Sample.Context)!.Timeout);
        Assert.Equal(service.StopTimeout, ResourceCalls.For(service, ScriptAction.Stop, Sample.Context)!.Timeout);
        Assert.Equal(service.MonitorTimeout, ResourceCalls.For(service, ScriptAction.Watch, Sample.Context)!.Timeout);
    }

    [Theory]
    [InlineData("a b  c", "a|b|c")]
    [InlineData("a 'b c' \"d e\"", "a|b c|d e")]
    [InlineData("a\\ b $HOME * ''", "a b|$HOME|*|")]
    [InlineData("x\"y\\\"z\\n\"w", "xy\"z\\nw")]
    [InlineData("", "")]
    public void TrySplit_QuotesAndBackslashes_AsAShellWithoutExpansion(string text, string expected)
    {
        Assert.True(ShellWords.TrySplit(text, out var words, out _));
        Assert.Equal(expected, string.Join('|', words));
    }

    [Theory]
    [InlineData("a 'b")]
    [InlineData("a \"b")]
    [InlineData("a\\")]
    public void TrySplit_Unfinished_RefusedWithTheReason(string text)
    {
        Assert.False(ShellWords.TrySplit(text, out _, out var problem));
        Assert.NotEmpty(problem);
    }

    private static IEnumerable<string> Words(ResourceDefinition resource, ScriptAction action) =>
        ResourceCalls.For(resource, action, Sample.Context)!.Words;
}
