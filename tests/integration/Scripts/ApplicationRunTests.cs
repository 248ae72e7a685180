using Drcm.Node.Scripts;
using Xunit;

namespace Drcm.Integration.Tests.Scripts;

public sealed class ApplicationRunTests
{
    private readonly ScriptRunner _runner = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_AnotherUser_AccountGroupDirectoryAndGroupOfProcessesAreRight()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to run a program as another user");
        ProcessGroup? group = null;
        var call = Start(Sample.Application("daemon", "bin", "echo $(id -un):$(id -gn) $HOME $USER $PWD; ps -o pgid= -p $$ | tr -d ' '; echo x >/dev/stderr"));
        var result = await _runner.RunAsync(call with { OnStarted = g => group = g }, Test);
        Assert.Equal($"daemon:bin /usr/sbin daemon /usr/sbin\n{group!.Id}\nx\n", result.Output);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task RunAsync_OwnAccount_LoginShellInItsHome()
    {
        var user = Environment.UserName;
        var call = Start(Sample.Application(user, user, "shopt -q login_shell && cd && echo $PWD; echo a; false; echo b | cat"));
        var result = await _runner.RunAsync(call, Test);
        Assert.Equal($"{Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)}\na\nb\n", result.Output);
    }

    [Theory]
    [InlineData("nobody-of-that-name", "root", "unknown user nobody-of-that-name")]
    [InlineData("root", "no-group-of-that-name", "unknown group no-group-of-that-name")]
    public async Task RunAsync_UnknownAccount_NotStartedWithTheReason(string user, string group, string expected)
    {
        var result = await _runner.RunAsync(Start(Sample.Application(user, group, "true")), Test);
        Assert.False(result.HasStarted);
        Assert.Contains(expected, result.Output, StringComparison.Ordinal);
    }

    private static ScriptCall Start(StateMachine.Configuration.ApplicationDefinition application) =>
        ResourceCalls.For(application, ScriptAction.Start, Sample.Context)!;
}
