using Drcm.Node.Scripts;
using Xunit;

namespace Drcm.Integration.Tests.Scripts;

public sealed class ScriptRunnerTests : IDisposable
{
    private static readonly ScriptRunnerOptions Quick = new() { Grace = TimeSpan.FromMilliseconds(200) };

    private readonly TemporaryDirectory _directory = new();
    private readonly ScriptRunner _runner = new(Quick);

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task RunAsync_ScriptThatExits_CodeAndBothStreamsInOrder()
    {
        var result = await _runner.RunAsync(Sample.Shell("echo one; echo two >&2; echo three; exit 4"), Test);
        Assert.Equal(4, result.ExitCode);
        Assert.Equal("one\ntwo\nthree\n", result.Output);
        Assert.False(result.Killed);
        Assert.EndsWith("three", result.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_HostileArgument_ArrivesAsOneWord()
    {
        var call = Sample.Shell("") with { Words = ["/bin/echo", "a b", "$(id)", "'; rm x", "*"] };
        Assert.Equal("a b $(id) '; rm x *\n", (await _runner.RunAsync(call, Test)).Output);
    }

    [Fact]
    public async Task RunAsync_AnyScript_EnvironmentIsExactlyTheDocumentedOne()
    {
        var result = await _runner.RunAsync(Sample.Shell("") with { Words = ["/usr/bin/env"] }, Test);
        var names = result.Output.TrimEnd().Split('\n').Select(line => line.Split('=')[0]).Order(StringComparer.Ordinal);
        Assert.Equal(
            ["DRCM_ACTION", "DRCM_NODE", "DRCM_REASON", "DRCM_RESOURCE", "DRCM_TOKEN", "HOME", "LANG", "LOGNAME", "PATH", "SHELL", "USER"],
            names);
        Assert.Contains("DRCM_TOKEN=7\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("DRCM_RESOURCE=service:web\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("DRCM_REASON=home node is healthy\n", result.Output, StringComparison.Ordinal);
    }

    /// <summary>O17: between its birth and the moment when the guard knows of it, an acquirer has done nothing.</summary>
    [Fact]
    public async Task RunAsync_Acquirer_BeginsOnlyWhenItIsKnownAndInTheDocumentedEnvironment()
    {
        var marker = _directory["begun"];
        var wasHeld = false;
        var call = Sample.Shell($"touch {marker}; env") with
        {
            IsAcquirer = true,
            OnStarted = group =>
            {
                SpinWait.SpinUntil(() => ProcessStat.Of(group.Id) is { State: 'S' });
                wasHeld = !File.Exists(marker);
            },
        };
        var result = await _runner.RunAsync(call, Test);
        Assert.True(wasHeld && File.Exists(marker));
        Assert.DoesNotContain("SHLVL", result.Output.Replace("SHLVL=0", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    /// <summary>A daemon that dies in that moment takes the pipe with it.</summary>
    [Fact]
    public void RunAsync_AcquirerThatNobodyLetsGo_EndsWithoutHavingBegun()
    {
        var marker = _directory["begun"];
        var call = Sample.Shell($"touch {marker}") with { IsAcquirer = true, OnStarted = _ => throw new InvalidOperationException("as if killed") };
        using var run = new ScriptRun(call, Quick);
        Assert.Throws<InvalidOperationException>(() => run.Execute(Test));
        run.Dispose();
        Assert.False(File.Exists(marker));
    }

    [Fact]
    public async Task RunAsync_AcquirerThatCannotBeExecuted_SaysSo()
    {
        var path = _directory.Write("start.sh", "#!/bin/sh\n");
        var result = await _runner.RunAsync(Sample.Shell("") with { Words = [path], IsAcquirer = true }, Test);
        Assert.Null(result.ExitCode);
        Assert.Contains(path, result.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_CancelledAcquirerThatIgnoresTerm_IsKilledAtOnce()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Test);
        var patient = new ScriptRunner(new ScriptRunnerOptions { Grace = TimeSpan.FromHours(1) });
        var call = Sample.Shell("trap '' TERM; sleep 600; sleep 600", TimeSpan.FromHours(1)) with { IsAcquirer = true, OnStarted = _ => cancel.CancelAfter(50) };
        var result = await patient.RunAsync(call, cancel.Token);
        Assert.Equal(137, result.ExitCode);
    }

    [Fact]
    public async Task RunAsync_ChattyScript_LastPartIsKept()
    {
        var result = await _runner.RunAsync(Sample.Shell("seq 1 100000; echo the end"), Test);
        Assert.True(result.Succeeded);
        Assert.Equal(ScriptOutput.BytesMax, result.Output.Length);
        Assert.EndsWith("100000\nthe end\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_HungScriptWithGrandchildrenThatIgnoreTerm_WholeGroupIsKilled()
    {
        ProcessGroup? group = null;
        var call = Sample.Shell("trap '' TERM; (trap '' TERM; sleep 600 & sleep 600) & echo up; sleep 600; sleep 600", TimeSpan.FromMilliseconds(300));
        var result = await _runner.RunAsync(call with { OnStarted = g => group = g }, Test);
        Assert.True(result.TimedOut);
        Assert.True(result.Killed);
        Assert.True(result.IsGroupEmptyAfterKill);
        Assert.Equal("up\n", result.Output);
        Assert.True(ProcessGroups.IsEmpty(group!));
        Assert.DoesNotContain(ProcessStat.All(), p => p.Group == group!.Id && p.IsAlive);
    }

    [Fact]
    public async Task RunAsync_ScriptThatHandlesTerm_EndsWithinTheGrace()
    {
        var call = Sample.Shell("trap 'echo bye; exit 9' TERM; sleep 600 & wait", TimeSpan.FromMilliseconds(200));
        var result = await new ScriptRunner(new ScriptRunnerOptions { Grace = TimeSpan.FromSeconds(30) }).RunAsync(call, Test);
        Assert.True(result.TimedOut);
        Assert.Equal(9, result.ExitCode);
        Assert.Equal("bye\n", result.Output);
        Assert.True(result.Elapsed < TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task RunAsync_Cancelled_GroupIsEmptyWhenTheTaskEnds()
    {
        using var stop = new CancellationTokenSource();
        ProcessGroup? group = null;
        var call = Sample.Shell("sleep 600 & sleep 600") with
        {
            OnStarted = g =>
            {
                group = g;
                stop.Cancel();
            },
        };
        var result = await _runner.RunAsync(call, stop.Token);
        Assert.True(result.Killed);
        Assert.False(result.TimedOut);
        Assert.True(ProcessGroups.IsEmpty(group!));
    }

    [Fact]
    public async Task RunAsync_BackgroundProgramKeepsTheOutput_RunEndsAndTheProgramLivesOn()
    {
        ProcessGroup? group = null;
        var mark = _directory["mark"];
        var text = $"(while [ ! -e {mark} ]; do echo chatter; done; touch {mark}.seen) & echo started";
        var result = await _runner.RunAsync(Sample.Shell(text) with { OnStarted = g => group = g }, Test);
        Assert.True(result.Succeeded);
        Assert.Contains("started", result.Output, StringComparison.Ordinal);
        Assert.False(ProcessGroups.IsEmpty(group!));
        await File.WriteAllTextAsync(mark, "", Test);
        while (!File.Exists(mark + ".seen")) await Task.Delay(5, Test);
        Assert.True(await ProcessGroups.KillAndWaitEmptyAsync(group!, TimeSpan.Zero, TimeSpan.FromSeconds(10), Test));
    }

    [Fact]
    public async Task RunAsync_ManyHungScripts_OthersAreNotDelayed()
    {
        using var stop = new CancellationTokenSource();
        var hung = Enumerable.Range(0, 30).Select(_ => _runner.RunAsync(Sample.Shell("sleep 600"), stop.Token)).ToArray();
        var quick = await _runner.RunAsync(Sample.Shell("exit 0"), Test);
        Assert.True(quick.Succeeded);
        Assert.DoesNotContain(hung, t => t.IsCompleted);
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(hung), r => Assert.True(r.Killed));
    }

    [Fact]
    public async Task RunAsync_MissingScript_RemedyInsteadOfAProcess()
    {
        var result = await _runner.RunAsync(Sample.Shell("") with { Words = [_directory["absent.sh"]] }, Test);
        Assert.False(result.HasStarted);
        Assert.Null(result.ExitCode);
        Assert.Contains("install it or correct the row of service:web", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ScriptNotExecutable_RemedyNamesTheMode()
    {
        var script = _directory.Write("plain.sh", "#!/bin/sh\nexit 0\n");
        var result = await _runner.RunAsync(Sample.Shell("") with { Words = [script] }, Test);
        Assert.False(result.HasStarted);
        Assert.Contains("chmod 755", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ScriptWithoutInterpreterLine_RunsInTheShellAsItAlwaysDid()
    {
        var script = _directory.Write("old.sh", "echo $1; exit 5\n", isProgram: true);
        var result = await _runner.RunAsync(Sample.Shell("") with { Words = [script, "start"] }, Test);
        Assert.Equal(5, result.ExitCode);
        Assert.Equal("start\n", result.Output);
    }

    [Fact]
    public async Task RunAsync_DyingOfASignal_ShellsExitCode() =>
        Assert.Equal(137, (await _runner.RunAsync(Sample.Shell("kill -9 $$"), Test)).ExitCode);
}
