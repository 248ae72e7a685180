using System.Net;
using System.Net.Sockets;
using System.Text;
using Drcm.Integration.Tests.Cli;
using Drcm.StateMachine.Control;
using Xunit;

namespace Drcm.Integration.Tests.Http;

/// <summary>The port's manners: what it answers, and whom it does not wait for.</summary>
public sealed class HttpServerTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/", HttpStatusCode.OK, "<!doctype html>")]
    [InlineData("/healthz", HttpStatusCode.OK, "ok\n1 node down: n3.\n")]
    [InlineData("/readyz", HttpStatusCode.OK, "ok\n")]
    [InlineData("/readyz?format=json", HttpStatusCode.OK, "{\"node\":\"n1\",\"ok\":true,\"level\":\"good\",\"reasons\":[]}")]
    [InlineData("/api/v1/status", HttpStatusCode.OK, "{\"at\":\"1970-01-01T00:00:00+00:00\",\"cluster\":{\"node\":\"n1\"")]
    [InlineData("/api/v1/events?last=x", HttpStatusCode.BadRequest, "{\"error\":\"\\u0027last\\u0027 must be from 0 to 10000\"")]
    [InlineData("/api/v1/events?after=-3", HttpStatusCode.BadRequest, "{\"error\":\"Last-Event-ID or \\u0027after\\u0027 is no INDEX or INDEX:ORDINAL\"")]
    [InlineData("/etc/passwd", HttpStatusCode.NotFound, "{\"error\":\"there is nothing here\"")]
    public async Task Get_AnswersInWords(string path, HttpStatusCode code, string begins)
    {
        await using var served = await ServedHttp.StartAsync();

        using var answer = await served.Client.GetAsync(new Uri(path, UriKind.Relative), Ended);

        Assert.Equal(code, answer.StatusCode);
        Assert.StartsWith(begins, await answer.Content.ReadAsStringAsync(Ended), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_IsRefused()
    {
        await using var served = await ServedHttp.StartAsync();

        using var answer = await served.Client.PostAsync(new Uri("/api/v1/status", UriKind.Relative), new StringContent(""), Ended);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Contains("read-only", await answer.Content.ReadAsStringAsync(Ended), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_ComeBackBehindTheNewestSeen()
    {
        await using var served = await ServedHttp.StartAsync();
        served.Source.Past(FakeSource.Event(1, "node.up"), FakeSource.Event(2, "slot.assigned"), FakeSource.Event(2, "node.down") with { Ordinal = 1 });

        using var question = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events");
        question.Headers.Add("Last-Event-ID", "2:0");
        using var answer = await served.Client.SendAsync(question, HttpCompletionOption.ResponseHeadersRead, Ended);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Ended));
        var seen = await NextIdAsync(reader);
        served.Source.Commit(FakeSource.Event(3, "node.up"));

        Assert.Equal("id: 2:1", seen);
        Assert.Equal("id: 3:0", await NextIdAsync(reader));
    }

    [Fact]
    public async Task Events_TooManyStreams_AreToldToComeBack()
    {
        await using var served = await ServedHttp.StartAsync(o => o with { EventStreamsMax = 1 });
        using var first = await served.Client.GetAsync(new Uri("/api/v1/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Ended);

        using var second = await served.Client.GetAsync(new Uri("/api/v1/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Ended);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
    }

    /// <summary>Without the limit (the broken variant: one that is never reached), the stream would wait for this reader for ever.</summary>
    [Fact]
    public async Task Events_ReaderThatStopsReading_IsDropped()
    {
        await using var served = await ServedHttp.StartAsync(o => o with { AnswerTimeout = TimeSpan.FromMilliseconds(200) });
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(served.EndPoint!, Ended);
        await client.SendAsync(Encoding.ASCII.GetBytes("GET /api/v1/events HTTP/1.1\r\nHost: n1\r\n\r\n"), Ended);
        await served.Source.Follows.WaitAsync(Ended);

        while (!served.Source.FollowerLeft.IsCompleted)
        {
            served.Source.Commit(FakeSource.Event(1, "node.up") with { Reason = new string('x', 60_000) });
            await Task.Yield();
        }

        await served.Source.FollowerLeft.WaitAsync(Ended);
    }

    [Fact]
    public async Task Start_PortInUse_IsSaidAndNothingElseHappens()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(ServedHttp.AnyPort);
        other.Listen();

        await using var served = await ServedHttp.StartAsync(o => o with { EndPoint = (IPEndPoint)other.LocalEndPoint! });

        Assert.Null(served.EndPoint);
        Assert.Contains(served.Log.Lines, l => l.Contains("HTTP cannot be served on", StringComparison.Ordinal) && l.Contains("http_port", StringComparison.Ordinal));
    }

    private static async Task<string> NextIdAsync(StreamReader reader)
    {
        while (true)
        {
            var line = await reader.ReadLineAsync(Ended) ?? throw new EndOfStreamException();
            if (line.StartsWith("id: ", StringComparison.Ordinal)) return line;
        }
    }
}
