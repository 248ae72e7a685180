using System.Text;
using System.Text.Json;
using Drcm.Node.Control;
using Drcm.Node.Metrics;
using Drcm.StateMachine.Control;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Drcm.Node.Http;

/// <summary>One request and its answer; <c>/metrics</c> goes on to the exporter when the node loop has been asked.</summary>
internal sealed class RequestHandler(HttpOptions options, IControlSource source, Func<CancellationToken, Task> refresh, CancellationToken stopping)
{
    public const string MetricsPath = "/metrics";

    private readonly EventStreams _streams = new(options, source, stopping);

    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers[HeaderNames.CacheControl] = "no-store";
        response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            response.Headers[HeaderNames.Allow] = "GET, HEAD";
            await RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "this port is read-only", "use drcm on a node to change something");
            return;
        }
        try
        {
            await AnswerAsync(context, next);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            // The client has left, or the daemon ends.
            context.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        switch (context.Request.Path.Value)
        {
            case MetricsPath:
                await refresh(context.RequestAborted);
                await next(context);
                break;
            case "/":
                context.Response.Headers[HeaderNames.ContentSecurityPolicy] = StatusPage.Policy;
                await WriteAsync(context, "text/html", StatusPage.Html);
                break;
            case "/healthz":
                await TellAsync(context, NodeHealth.Alive);
                break;
            case "/readyz":
                await TellAsync(context, NodeHealth.Ready);
                break;
            case "/api/v1/status":
                if (await StatusAsync(context.RequestAborted) is { } status) await WriteAsync(context, "application/json", JsonSerializer.Serialize(status, ControlJson.Default.ClusterStatus));
                else await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, NodeHealth.Hung.Reasons[0], "see the log of drcmd");
                break;
            case "/api/v1/events":
                await _streams.ServeAsync(context);
                break;
            default:
                await RefuseAsync(
                    context, StatusCodes.Status404NotFound, "there is nothing here", "ask for / (the status page), /metrics, /healthz, /readyz, /api/v1/status or /api/v1/events");
                break;
        }
    }

    /// <summary>Null: the node loop does not answer.</summary>
    private async Task<ClusterStatus?> StatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await source.StatusAsync(cancellationToken).WaitAsync(FigureSource.Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task TellAsync(HttpContext context, Func<ClusterStatus, NodeHealth> judge)
    {
        var health = await StatusAsync(context.RequestAborted) is { } status ? judge(status) : NodeHealth.Hung;
        context.Response.StatusCode = health.IsGood ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        if (WantsJson(context.Request)) await WriteAsync(context, "application/json", JsonSerializer.Serialize(health, HealthJson.Default.NodeHealth));
        else await WriteAsync(context, "text/plain", $"{(health.IsGood ? "ok" : "not ok")}\n{string.Concat(health.Reasons.Select(r => r + "\n"))}");
    }

    public static async Task RefuseAsync(HttpContext context, int code, string error, string remedy)
    {
        context.Response.StatusCode = code;
        await WriteAsync(context, "application/json", JsonSerializer.Serialize(ControlAnswer.Refused(error, remedy, 2) with { Code = null }, ControlJson.Default.ControlAnswer));
    }

    private static bool WantsJson(HttpRequest request) =>
        request.Headers[HeaderNames.Accept].ToString().Contains("application/json", StringComparison.OrdinalIgnoreCase) || request.Query["format"] == "json";

    private static async Task WriteAsync(HttpContext context, string type, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        context.Response.ContentType = $"{type}; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
