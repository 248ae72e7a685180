using System.Globalization;
using System.Text;
using System.Text.Json;
using Drcm.Node.Control;
using Drcm.StateMachine.Control;
using Microsoft.AspNetCore.Http;

namespace Drcm.Node.Http;

/// <summary><c>/api/v1/events</c>: committed events as server-sent events, the lines of <c>drcm events tail --json</c>. The id of each is <c>INDEX:ORDINAL</c>; a client that
/// comes back with the newest one it has seen (Last-Event-ID) goes on behind it.</summary>
internal sealed class EventStreams(HttpOptions options, IControlSource source, CancellationToken stopping)
{
    private int _open;

    public async Task ServeAsync(HttpContext context)
    {
        if (EventQuestion.Of(context.Request, out var whyNot) is not { } question)
        {
            await RequestHandler.RefuseAsync(context, StatusCodes.Status400BadRequest, whyNot, "see docs/http.md");
            return;
        }
        if (Interlocked.Increment(ref _open) > options.EventStreamsMax)
        {
            Interlocked.Decrement(ref _open);
            await RequestHandler.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, $"{options.EventStreamsMax} event streams are open already", "close one, or try later");
            return;
        }
        try
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await StreamAsync(context, question, ended.Token);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task StreamAsync(HttpContext context, EventQuestion question, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await SendAsync(context, ": events of this cluster\n\n", cancellationToken);
        var after = question.After;
        if (question.Last is { } last) after = await SendNewestAsync(context, after, last, question.Filter, cancellationToken);
        await using var lines = source.EventsAsync(after, question.Follow, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var next = lines.MoveNextAsync().AsTask();
            while (await Task.WhenAny(next, Task.Delay(options.StreamBeat, cancellationToken)) != next) await SendAsync(context, ": alive\n\n", cancellationToken);
            if (!await next) return;
            var line = lines.Current;
            if (!question.HasSeen(line) && question.Filter.Accepts(line)) await SendAsync(context, Text(line), cancellationToken);
        }
    }

    /// <returns>Index of the newest entry looked at.</returns>
    private async Task<long> SendNewestAsync(HttpContext context, long after, int last, EventFilter filter, CancellationToken cancellationToken)
    {
        var newest = new Queue<EventLine>(last);
        await foreach (var line in source.EventsAsync(after, follow: false, cancellationToken))
        {
            after = line.Index;
            if (last == 0 || !filter.Accepts(line)) continue;
            if (newest.Count == last) newest.Dequeue();
            newest.Enqueue(line);
        }
        foreach (var line in newest) await SendAsync(context, Text(line), cancellationToken);
        return after;
    }

    private static string Text(EventLine line) => string.Create(CultureInfo.InvariantCulture,
        $"id: {line.Index}:{line.Ordinal}\ndata: {JsonSerializer.Serialize(line, ControlJson.Default.EventLine)}\n\n");

    /// <summary>A client that does not take it in time loses its stream.</summary>
    private async Task SendAsync(HttpContext context, string text, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.AnswerTimeout);
        try
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), limit.Token);
            await context.Response.Body.FlushAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            context.Abort();
            throw new OperationCanceledException(context.RequestAborted);
        }
    }
}
