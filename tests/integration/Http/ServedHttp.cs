using System.Net;
using Drcm.Integration.Tests.Announcements;
using Drcm.Integration.Tests.Cli;
using Drcm.Node.Http;
using Microsoft.Extensions.Logging;

namespace Drcm.Integration.Tests.Http;

/// <summary>The HTTP server of a made-up daemon, on a loopback port that the kernel chose.</summary>
internal sealed class ServedHttp : IAsyncDisposable
{
    private readonly HttpServer _server;
    private readonly ILoggerFactory _loggers;

    private ServedHttp(HttpOptions options)
    {
        _loggers = LoggerFactory.Create(b => b.AddProvider(new ProviderOf(Log)));
        _server = new HttpServer(options, Source, () => new NoGauges(), _ => Task.CompletedTask, _loggers);
    }

    public static IPEndPoint AnyPort => new(IPAddress.Loopback, 0);

    public FakeSource Source { get; } = new();

    public RecordedLog<HttpServer> Log { get; } = new();

    /// <summary>Null: it does not serve.</summary>
    public IPEndPoint? EndPoint => _server.EndPoint;

    public HttpClient Client { get; private set; } = null!;

    public static async Task<ServedHttp> StartAsync(Func<HttpOptions, HttpOptions>? adjust = null)
    {
        var options = new HttpOptions(AnyPort, "");
        var served = new ServedHttp(adjust?.Invoke(options) ?? options);
        served._server.Start();
        await served._server.Started;
        served.Client = new HttpClient { BaseAddress = new Uri($"http://{served.EndPoint ?? new IPEndPoint(IPAddress.Loopback, 1)}") };
        return served;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        _loggers.Dispose();
    }

    private sealed class NoGauges : IDisposable
    {
        public void Dispose()
        {
        }
    }

    private sealed class ProviderOf(ILogger logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}
