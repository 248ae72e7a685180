using Drcm.StateMachine.Control;
using Drcm.StateMachine.Nodes;
using Xunit;

namespace Drcm.Integration.Tests.Cli;

public sealed class CommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_NoDaemon_NamesTheSocketAndTheRemedy()
    {
        var result = await DrcmAsync("status", "--socket", "/nonexistent/drcm.sock");

        Assert.Equal(3, result.Exit);
        Assert.Contains("/nonexistent/drcm.sock", result.Errors, StringComparison.Ordinal);
        Assert.Contains("systemctl start drcmd", result.Errors, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public async Task Status_IntoAPipe_IsAPlainTableWithHealth()
    {
        await using var served = await ServedSocket.StartAsync();

        var result = await DrcmAsync("status", "--socket", served.Path);

        Assert.Equal(0, result.Exit);
        Assert.Contains("on backup, 2 failed", result.Output, StringComparison.Ordinal);
        Assert.Contains("1 node down: n3.", result.Output, StringComparison.Ordinal);
        Assert.Contains("\nn1 is protected by its guard, NOT by a kernel gate\n\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Output);
    }

    [Fact]
    public async Task StatusCheck_Degraded_IsANagiosWarning()
    {
        await using var served = await ServedSocket.StartAsync();

        var result = await DrcmAsync("status", "--check", "--socket", served.Path);

        Assert.Equal(1, result.Exit);
        Assert.StartsWith("DRCM WARNING: ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ping_OneNodeSilent_Fails()
    {
        await using var served = await ServedSocket.StartAsync();

        var result = await DrcmAsync("ping", "--socket", served.Path);

        Assert.Equal(1, result.Exit);
        Assert.Contains("n3 at 127.0.0.1: silent for 9000 ms", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EventsTail_SinceSenseless_IsUsage()
    {
        var result = await DrcmAsync("events", "tail", "--since", "yesterday-ish", "--socket", "/nonexistent/drcm.sock");

        Assert.Equal(2, result.Exit);
        Assert.Contains("2026-11-22T10:00", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--fault", "freeze", "is not built yet")]
    [InlineData("--nodes", "1", "use 2 to 9")]
    [InlineData("--config", "/nonexistent/cm.cfg", "name a readable cm.cfg")]
    public async Task Demo_SenselessArgument_IsRefused(string option, string value, string expected)
    {
        var result = await DrcmAsync("demo", option, value);

        Assert.NotEqual(0, result.Exit);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfirmDown_NoTerminalAndNotSaidYes_AsksForItAndChangesNothing()
    {
        await using var served = await ServedSocket.StartAsync();

        var result = await RunProgram.ToEndAsync(
            "/bin/sh", ["-c", "exec \"$0\" node confirm-down n3 --socket \"$1\" < /dev/null", RunProgram.Drcm, served.Path], Token);

        Assert.Equal(2, result.Exit);
        Assert.Contains("give --yes when you have seen that the host is off", result.Errors, StringComparison.Ordinal);
        Assert.Empty(served.Source.Commands);
    }

    [Fact]
    public async Task ResourceMove_ShortNameOfOneSlot_AsksForThatSlotAndSaysTheAnswerWordForWord()
    {
        await using var served = await ServedSocket.StartAsync();
        served.Source.Answer = new CommandAnswer(CommandOutcome.Refused, 0, ["ip:web@n1 is unknown: n2 may still run it"]);

        var result = await DrcmAsync("resource", "move", "web", "n2", "--socket", served.Path);

        Assert.Equal(1, result.Exit);
        Assert.Equal("drcm: refused: ip:web@n1 is unknown: n2 may still run it\n", result.Errors);
        var asked = Assert.Single(served.Source.Commands).Request;
        Assert.Equal((ControlProtocol.ResourceMove, "ip:web@n1", "n2"), (asked.Command, asked.Resource, asked.Node));
    }

    [Fact]
    public async Task ResourceClear_NameOfNoSlot_IsRefusedBeforeAnybodyIsAsked()
    {
        await using var served = await ServedSocket.StartAsync();

        var result = await DrcmAsync("resource", "clear", "nosuch", "--socket", served.Path);

        Assert.Equal(1, result.Exit);
        Assert.Contains("no slot of this cluster is called nosuch; drcm status lists them", result.Errors, StringComparison.Ordinal);
        Assert.Empty(served.Source.Commands);
    }

    private static Task<ProgramResult> DrcmAsync(params string[] arguments) => RunProgram.ToEndAsync(RunProgram.Drcm, arguments, Token);
}
