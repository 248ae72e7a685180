using Microsoft.Extensions.Logging;

namespace Drcm.Node.Http;

/// <content>Log messages 2900 to 2909.</content>
internal sealed partial class HttpServer
{
    [LoggerMessage(2900, LogLevel.Information, "HTTP is served on {EndPoint}: status page, /metrics, /healthz, /readyz, /api/v1/status, /api/v1/events")]
    private partial void LogServes(string endPoint);

    [LoggerMessage(2901, LogLevel.Warning,
        "HTTP cannot be served on {EndPoint}: {Reason}; the node does without it: give http_port or http_bind another value (http_port = 0: no HTTP) and restart drcmd")]
    private partial void LogCannotServe(string endPoint, string reason);
}
