using System.Net;
using System.Net.Sockets;
using Drcm.Node.Control;
using Drcm.Node.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Drcm.Node.Http;

/// <summary>The read-only HTTP port: docs/http.md. Starts beside the daemon and never ends or delays it: where it cannot listen it says so, once.</summary>
/// <param name="gauges">Creates the instruments that are read when somebody looks; disposed with the server.</param>
/// <param name="refresh">Asks the node for its figures; before each scrape.</param>
internal sealed partial class HttpServer(
    HttpOptions options, IControlSource source, Func<IDisposable> gauges, Func<CancellationToken, Task> refresh, ILoggerFactory loggers) : IAsyncDisposable
{
    /// <summary>For answers under way when the daemon ends; streams are ended at once.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    /// <summary>A reader slower than a modem for so long is dropped, also in the middle of one large answer.</summary>
    private static readonly TimeSpan SlowReaderGrace = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = loggers.CreateLogger<HttpServer>();
    private readonly CancellationTokenSource _stopping = new();
    private Task _starting = Task.CompletedTask;
    private WebApplication? _app;
    private IDisposable? _gauges;
    private MeterProvider? _provider;

    /// <summary>Returns at once; what it takes to serve is loaded and compiled beside the daemon's work.</summary>
    public void Start()
    {
        if (options.EndPoint is null && options.OtlpEndpoint.Length == 0) return;
        _starting = Task.Run(OpenAsync);
    }

    /// <summary>Completes when it serves, or has said why it does not.</summary>
    public Task Started => _starting;

    /// <summary>Null: it does not serve.</summary>
    public IPEndPoint? EndPoint => _app is { } app && app.Urls.FirstOrDefault() is { } url ? IPEndPoint.Parse(new Uri(url).Authority) : null;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _starting;
        if (_app is not null)
        {
            using var patience = new CancellationTokenSource(EndPatience);
            await _app.StopAsync(patience.Token);
            await _app.DisposeAsync();
        }
        _provider?.Dispose();
        _gauges?.Dispose();
        _stopping.Dispose();
    }

    private async Task OpenAsync()
    {
        _gauges = gauges();
        _provider = MetricsExport.Start(options.OtlpEndpoint);
        if (options.EndPoint is null) return;
        var app = Build(_provider);
        try
        {
            await app.StartAsync(_stopping.Token);
            _app = app;
            LogServes(options.EndPoint.ToString());
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            if (e is not OperationCanceledException) LogCannotServe(options.EndPoint.ToString(), e.Message);
            await app.DisposeAsync();
        }
    }

    private WebApplication Build(MeterProvider provider)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Limit);
        var app = builder.Build();
        var requests = new RequestHandler(options, source, refresh, _stopping.Token);
        app.Use(requests.HandleAsync);
        app.UseOpenTelemetryPrometheusScrapingEndpoint(provider, predicate: null, RequestHandler.MetricsPath, configureBranchedPipeline: null, optionsName: null);
        return app;
    }

    private void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = options.ConnectionsMax;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.RequestHeadersTimeout = options.RequestTimeout;
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: SlowReaderGrace);
        kestrel.Listen(options.EndPoint!, listen => listen.Protocols = HttpProtocols.Http1);
    }
}
