using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Drcm.Integration.Tests.Announcements;

/// <summary>Keeps what is logged, for a test to wait for.</summary>
internal sealed class RecordedLog<T> : ILogger<T>
{
    public BlockingCollection<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add(formatter(state, exception));
}
