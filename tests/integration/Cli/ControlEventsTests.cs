using Drcm.StateMachine.Control;
using Xunit;

namespace Drcm.Integration.Tests.Cli;

public sealed class ControlEventsTests
{
    private static readonly ControlRequest All = new(ControlProtocol.Version, ControlProtocol.Events);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_Last_SendsTheNewestThatMatchInOrder()
    {
        await using var served = await ServedSocket.StartAsync();
        served.Source.Past(
            FakeSource.Event(1, "node.up", "n1"), FakeSource.Event(2, "slot.assigned", "n1", "ip:web@n1"),
            FakeSource.Event(3, "node.up", "n2"), FakeSource.Event(4, "resource.started", null, "ip:web@n1"));

        Assert.Equal("3, 4", await IndexesAsync(served, All with { Last = 2 }));
        Assert.Equal("2, 4", await IndexesAsync(served, All with { Last = 5, Resource = "web" }));
        Assert.Equal("2, 4", await IndexesAsync(served, All with { Resource = "ip:web" }));
        Assert.Equal("1, 2, 4", await IndexesAsync(served, All with { Node = "n1" }));
        Assert.Equal("3, 4", await IndexesAsync(served, All with { Since = DateTimeOffset.UnixEpoch.AddHours(3) }));
        Assert.Equal("4", await IndexesAsync(served, All with { After = 3 }));
    }

    [Fact]
    public async Task Events_Followed_SendsWhatIsCommittedLater()
    {
        await using var served = await ServedSocket.StartAsync();
        served.Source.Past(FakeSource.Event(1, "node.up", "n1"), FakeSource.Event(2, "node.up", "n2"));
        await using var events = served.Client.EventsAsync(All with { Follow = true, Last = 1 }, Token).GetAsyncEnumerator(Token);

        Assert.True(await events.MoveNextAsync());
        Assert.Equal(2, events.Current.Index);
        await served.Source.Follows.WaitAsync(Token);
        served.Source.Commit(FakeSource.Event(3, "node.down", "n1"));
        Assert.True(await events.MoveNextAsync());

        Assert.Equal("node.down", events.Current.Event);
    }

    [Fact]
    public async Task Events_FollowerLeaves_TheSourceIsTold()
    {
        await using var served = await ServedSocket.StartAsync();
        served.Source.Past(FakeSource.Event(1, "node.up", "n1"));
        await using (var events = served.Client.EventsAsync(All with { Follow = true }, Token).GetAsyncEnumerator(Token))
        {
            Assert.True(await events.MoveNextAsync());
            await served.Source.Follows.WaitAsync(Token);
        }

        await served.Source.FollowerLeft.WaitAsync(Token);
    }

    [Fact]
    public async Task Stop_WhileFollowed_EndsTheConnection()
    {
        await using var served = await ServedSocket.StartAsync();
        served.Source.Past(FakeSource.Event(1, "node.up", "n1"));
        await using var events = served.Client.EventsAsync(All with { Follow = true }, Token).GetAsyncEnumerator(Token);
        Assert.True(await events.MoveNextAsync());

        await served.Server.StopAsync(Token);

        await Assert.ThrowsAsync<Drcm.Cli.Connection.ControlException>(async () => await events.MoveNextAsync());
    }

    private static async Task<string> IndexesAsync(ServedSocket served, ControlRequest request)
    {
        var seen = new List<long>();
        await foreach (var line in served.Client.EventsAsync(request, Token)) seen.Add(line.Index);
        return string.Join(", ", seen);
    }
}
