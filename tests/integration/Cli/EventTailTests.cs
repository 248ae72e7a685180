using Drcm.Cli.Connection;
using Drcm.Cli.Events;
using Drcm.StateMachine.Control;
using Xunit;

namespace Drcm.Integration.Tests.Cli;

/// <summary>What <c>drcm events tail</c> does with names, times and lost connections.</summary>
public sealed class EventTailTests
{
    private static readonly ControlRequest All = new(ControlProtocol.Version, ControlProtocol.Events);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Follow_ConnectionLostInTheMiddleOfAnEntry_GoesOnWithEachEventOnce()
    {
        await using var served = await ServedSocket.StartAsync();
        var second = FakeSource.Event(2, "node.down", "n1");
        served.Source.Past(FakeSource.Event(1, "node.up", "n1"), second);
        var losses = 0;
        var tail = new EventTail(served.Client, _ => losses++) { Pace = TimeSpan.FromMilliseconds(5) };
        await using var events = tail.ReadAsync(All with { Follow = true }, Token).GetAsyncEnumerator(Token);
        Assert.True(await events.MoveNextAsync());
        Assert.True(await events.MoveNextAsync());
        Assert.Equal((2, 0), (events.Current.Index, events.Current.Ordinal));

        served.Source.Past(second with { Ordinal = 1, Event = "slot.assigned" }, FakeSource.Event(3, "node.up", "n1"));
        var next = events.MoveNextAsync().AsTask();
        await served.RestartAsync();

        Assert.True(await next);
        Assert.Equal((2, 1), (events.Current.Index, events.Current.Ordinal));
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(3, events.Current.Index);
        Assert.Equal(1, losses);
    }

    [Fact]
    public async Task Read_WhenNeverReached_IsRefusedAtOnce()
    {
        var tail = new EventTail(new ControlClient("/nowhere/drcm.sock"), _ => { });

        var e = await Assert.ThrowsAsync<ControlException>(async () =>
        {
            await foreach (var _ in tail.ReadAsync(All with { Follow = true }, Token)) Assert.Fail("nothing can come");
        });
        Assert.Equal(ExitCodes.Unavailable, e.Code);
    }

    [Theory]
    [InlineData("node.dwon", "did you mean node.down?")]
    [InlineData("nodes", "did you mean node?")]
    [InlineData("everything", "families are ")]
    public void CheckType_Unknown_NamesTheNearest(string type, string remedy)
    {
        var e = Assert.Throws<ControlException>(() => EventNamesKnown.CheckType(type));

        Assert.StartsWith(remedy, e.Remedy, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, e.Code);
    }

    [Theory]
    [InlineData("n22", null, "did you mean n2?")]
    [InlineData(null, "wbe", "did you mean web?")]
    [InlineData(null, "ip:wab", "did you mean ip:web?")]
    [InlineData(null, "database", "known are ip:web")]
    public void Unknown_Name_NamesTheNearest(string? node, string? resource, string remedy) =>
        Assert.Equal(remedy, EventNamesKnown.Unknown(All with { Node = node, Resource = resource }, FakeSource.Status)?.Remedy);

    [Fact]
    public async Task Events_UntilAndType_AreFiltered()
    {
        await using var served = await ServedSocket.StartAsync();
        served.Source.Past(
            FakeSource.Event(1, "node.up", "n1"), FakeSource.Event(2, "slot.assigned", "n1", "ip:web@n1"), FakeSource.Event(3, "node.down", "n1"));

        Assert.Equal([1L, 3L], await IndexesAsync(served, All with { Type = "node" }));
        Assert.Equal([3L], await IndexesAsync(served, All with { Type = "node.down" }));
        Assert.Equal([1L, 2L], await IndexesAsync(served, All with { Until = DateTimeOffset.UnixEpoch.AddHours(2) }));
    }

    [Theory]
    [InlineData("24 hours", "did you mean 24h?")]
    [InlineData("3days", "did you mean 3d?")]
    [InlineData("yesterday", "did you mean 48h?")]
    [InlineData("2026-11-22 10:00", "did you mean 2026-11-22T10:00?")]
    [InlineData("soon", "write 24h, 7d, 30m, or 2026-11-22T10:00")]
    public void TimeText_Senseless_SaysWhatMayHaveBeenMeant(string text, string remedy) => Assert.Equal(remedy, TimeText.Remedy(text));

    [Fact]
    public async Task Why_KnownAndUnknown_AreAnsweredAndRefused()
    {
        await using var served = await ServedSocket.StartAsync();
        var answers = new List<string>();
        await foreach (var answer in served.Client.WhyAsync("web", null, Token)) answers.Add($"{answer.Subject} {answer.Nodes[0].Rule}");
        Assert.Equal("ip:web@n1 down", Assert.Single(answers));

        var e = await Assert.ThrowsAsync<ControlException>(async () =>
        {
            await foreach (var _ in served.Client.WhyAsync("wbe", null, Token)) Assert.Fail("no answer is due");
        });
        Assert.Contains("did you mean web?", e.Message, StringComparison.Ordinal);
    }

    private static async Task<List<long>> IndexesAsync(ServedSocket served, ControlRequest request)
    {
        var seen = new List<long>();
        await foreach (var line in served.Client.EventsAsync(request, Token)) seen.Add(line.Index);
        return seen;
    }
}
