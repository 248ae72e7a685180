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
    [InlineData("--fault", "freeze", "comes with the guard")]
    [InlineData("--nodes", "1", "use 2 to 9")]
    [InlineData("--config", "/nonexistent/cm.cfg", "name a readable cm.cfg")]
    public async Task Demo_SenselessArgument_IsRefused(string option, string value, string expected)
    {
        var result = await DrcmAsync("demo", option, value);

        Assert.NotEqual(0, result.Exit);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
    }

    private static Task<ProgramResult> DrcmAsync(params string[] arguments) => RunProgram.ToEndAsync(RunProgram.Drcm, arguments, Token);
}
