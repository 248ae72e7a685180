using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Logging;

/// <summary>Writes the daemon's log to <c>log_dir</c>, one line each: UTC time, level, text.</summary>
internal sealed class FileLoggerProvider(RotatingFile file, LogLevel least, TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new FileLogger(file, least, time);

    public void Dispose() => file.Dispose();

    private sealed class FileLogger(RotatingFile file, LogLevel least, TimeProvider time) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var stamp = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            var cause = exception is null ? "" : $": {exception}";
            file.Append($"{stamp} {Word(logLevel)} {formatter(state, exception)}{cause}\n");
        }

        private static string Word(LogLevel level) => level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info ",
            LogLevel.Warning => "warn ",
            LogLevel.Error => "error",
            LogLevel.Critical => "fatal",
            LogLevel.None => "none ",
        };
    }
}
