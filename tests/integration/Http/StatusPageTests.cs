using Drcm.Integration.Tests.Cli;
using Drcm.StateMachine.Cluster;
using Xunit;

namespace Drcm.Integration.Tests.Http;

/// <summary>The status page in a real browser, through a takeover and the end of its daemon.</summary>
public sealed class StatusPageTests
{
    /// <summary>A browser that hangs must not hang the tests.</summary>
    private const int LimitMs = 180_000;

    [Fact(Timeout = LimitMs)]
    public async Task Page_FollowsATakeover_AndSaysWhenItsDaemonIsGone()
    {
        if (!Chromium.IsInstalled) Assert.Skip("needs a browser (apt-get install chromium)");
        var ended = TestContext.Current.CancellationToken;
        var served = await ServedHttp.StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        served.Source.Shown = At(now.AddHours(-2), "n1");
        served.Source.Past(
            FakeSource.Event(1, "slot.assigned", "n1", "ip:web@n1") with { At = now.AddHours(-2) }, FakeSource.Event(2, "resource.started", null, "ip:web@n1") with { At = now.AddHours(-2) });
        await using var page = await Chromium.OpenAsync(new Uri($"http://{served.EndPoint}/"), ended);
        await page.ResizeAsync(1200, 1100, ended);

        await page.UntilShownAsync("running", ended);
        await page.UntilAsync("document.querySelectorAll('#timeline rect').length == 1", ended);
        await page.PictureAsync("before", ended);

        served.Source.Shown = At(now, "n2");
        served.Source.Commit(FakeSource.Event(3, "node.down", "n1") with { At = now, Reason = "n1 <b>fell</b> silent" });
        served.Source.Commit(FakeSource.Event(4, "slot.assigned", "n2", "ip:web@n1") with { At = now });
        served.Source.Commit(FakeSource.Event(5, "resource.started", null, "ip:web@n1") with { At = now });
        await page.UntilShownAsync("running on a backup", ended);
        await page.UntilShownAsync("n1 <b>fell</b> silent", ended); // As text: no markup comes from events.
        await page.UntilAsync("document.querySelectorAll('#timeline rect').length == 2", ended);
        await page.PictureAsync("after", ended);

        await page.ResizeAsync(360, 900, ended);
        Assert.Equal("true", await page.EvaluateAsync("document.documentElement.scrollWidth <= 360", ended));
        var light = await page.EvaluateAsync("getComputedStyle(document.body).backgroundColor", ended);
        await page.PreferAsync("dark", ended);
        Assert.NotEqual(light, await page.EvaluateAsync("getComputedStyle(document.body).backgroundColor", ended));
        await page.PictureAsync("phone-dark", ended);

        await served.DisposeAsync();
        await page.UntilShownAsync("The daemon of this node has not answered since", ended);
        Assert.Contains("http://127.0.0.1:", await page.EvaluateAsync("document.querySelector('#health a').href", ended), StringComparison.Ordinal);
        await page.ResizeAsync(1200, 1100, ended);
        await page.PictureAsync("gone", ended);
    }

    private static StateMachine.Control.ClusterStatus At(DateTimeOffset since, string owner) => FakeSource.Status with
    {
        Slots = [FakeSource.Status.Slots[0] with { Owner = owner, Phase = SlotPhase.Started, Since = since, Reason = $"ip:web@n1 goes to {owner}" }],
    };
}
