using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Drcm.Integration.Tests.Scripts;

namespace Drcm.Integration.Tests.Http;

/// <summary>Debian's browser without a window, driven by its DevTools protocol: one page.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private readonly TemporaryDirectory _profile = new();
    private readonly Process _process;
    private readonly ClientWebSocket _page = new();
    private int _lastId;

    private Chromium()
    {
        var start = new ProcessStartInfo(Program) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-port=0", $"--user-data-dir={_profile["profile"]}", "about:blank"])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public static bool IsInstalled => File.Exists(Program);

    public static async Task<Chromium> OpenAsync(Uri url, CancellationToken cancellationToken)
    {
        var chromium = new Chromium();
        await chromium.ConnectAsync(cancellationToken);
        await chromium.CallAsync("Page.navigate", new JsonObject { ["url"] = url.ToString() }, cancellationToken);
        return chromium;
    }

    /// <summary>The value of a JavaScript expression, as text.</summary>
    public async Task<string> EvaluateAsync(string expression, CancellationToken cancellationToken)
    {
        var answer = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = $"String({expression})", ["returnByValue"] = true }, cancellationToken);
        return answer["result"]?["value"]?.GetValue<string>() ?? answer.ToJsonString();
    }

    /// <summary>Looks until the text of the page contains this.</summary>
    public Task UntilShownAsync(string text, CancellationToken cancellationToken) =>
        UntilAsync($"document.body && document.body.innerText.includes({JsonSerializer.Serialize(text)})", cancellationToken);

    public async Task UntilAsync(string condition, CancellationToken cancellationToken)
    {
        while (await EvaluateAsync(condition, cancellationToken) != "true") await Task.Delay(Pace, cancellationToken);
    }

    public async Task ResizeAsync(int width, int height, CancellationToken cancellationToken) => await CallAsync(
        "Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 }, cancellationToken);

    public async Task PreferAsync(string scheme, CancellationToken cancellationToken) => await CallAsync(
        "Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }) }, cancellationToken);

    /// <summary>For a person to look at, where <c>DRCM_SCREENSHOTS</c> names a directory.</summary>
    public async Task PictureAsync(string name, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("DRCM_SCREENSHOTS") is not { Length: > 0 } directory) return;
        var answer = await CallAsync("Page.captureScreenshot", [], cancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(directory, $"{name}.png"), Convert.FromBase64String(answer["data"]!.GetValue<string>()), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _page.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _profile.Dispose();
    }

    /// <summary>The browser writes its port into its profile when it listens.</summary>
    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(_profile["profile"], "DevToolsActivePort");
        while (!File.Exists(file) || (await File.ReadAllLinesAsync(file, cancellationToken)).Length < 2) await Task.Delay(Pace, cancellationToken);
        var port = int.Parse((await File.ReadAllLinesAsync(file, cancellationToken))[0], CultureInfo.InvariantCulture);
        using var client = new HttpClient();
        string? socket = null;
        while (socket is null)
        {
            var targets = JsonNode.Parse(await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/json/list"), cancellationToken))!.AsArray();
            socket = targets.FirstOrDefault(t => t!["type"]!.GetValue<string>() == "page")?["webSocketDebuggerUrl"]?.GetValue<string>();
        }
        await _page.ConnectAsync(new Uri(socket), cancellationToken);
    }

    private async Task<JsonNode> CallAsync(string method, JsonObject parameters, CancellationToken cancellationToken)
    {
        var id = ++_lastId;
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        await _page.SendAsync(JsonSerializer.SerializeToUtf8Bytes(call), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        while (true)
        {
            var answer = await ReceiveAsync(cancellationToken);
            if (answer["id"]?.GetValue<int>() == id) return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer.ToJsonString()}");
        }
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        WebSocketReceiveResult part;
        do
        {
            part = await _page.ReceiveAsync(buffer, cancellationToken);
            await message.WriteAsync(buffer.AsMemory(0, part.Count), cancellationToken);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(message.ToArray())!;
    }
}
