using Tessera.Architectures;
using Tessera.Memory;
using Tessera.Runtime.State;

namespace Tessera.Host.Tests.Runtime;

/// <summary>Whatever a shape says, a cache has the size that it should have or there is none.</summary>
public class KvCacheTests
{
    private static readonly ModelShape s_shape = new() { Vocabulary = 8, ContextLength = 64, Layers = 3, KvHeads = 2, KeyLength = 64, ValueLength = 32 };

    [Theory]
    [InlineData(KvCacheType.F32, 3L * 2 * 63 * 16 * 96 * 4)]
    [InlineData(KvCacheType.F16, 3L * 2 * 63 * 16 * 96 * 2)]
    [InlineData(KvCacheType.Q8_0, 3L * 2 * 63 * 16 * 96 / 32 * 34)]
    [InlineData(KvCacheType.I16, 3L * 2 * 63 * 16 * ((96 * 2) + (2 * 4)))]
    public void A_cache_has_the_bytes_of_its_blocks(KvCacheType type, long bytes)
    {
        using var cache = new KvCache(s_shape, 1000, type);

        Assert.Equal(bytes, cache.Bytes);
    }

    [Theory]
    [InlineData(KvCacheType.F32)]
    [InlineData(KvCacheType.F16)]
    [InlineData(KvCacheType.Q8_0)]
    [InlineData(KvCacheType.I16)]
    public void A_cache_that_no_memory_holds_is_refused_with_what_it_takes(KvCacheType type)
    {
        ModelShape[] shapes =
        [
            s_shape with { Layers = 500, KvHeads = 64 },
            s_shape with { Layers = int.MaxValue },
            s_shape with { KvHeads = int.MaxValue },
            s_shape with { Layers = int.MaxValue, KvHeads = int.MaxValue },
        ];
        foreach (ModelShape shape in shapes)
        {
            var error = Assert.Throws<TesseraException>(() => new KvCache(shape, int.MaxValue, type));

            Assert.Contains("A KV cache for 2,147,483,647 positions takes ", error.Message, StringComparison.Ordinal);
            Assert.Contains("--ctx-size", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0x40000008, 32)]
    [InlineData(32, 0x40000008)]
    [InlineData(int.MaxValue - 31, int.MaxValue - 31)]
    [InlineData((1 << 16) + 32, 32)]
    public void Heads_whose_blocks_overflow_are_refused(int keyLength, int valueLength)
    {
        foreach (KvCacheType type in Enum.GetValues<KvCacheType>())
        {
            Assert.Throws<TesseraException>(() => new KvCache(s_shape with { KeyLength = keyLength, ValueLength = valueLength }, 1, type));
        }
    }

    [Fact]
    public void What_the_system_does_not_give_is_refused_with_what_was_asked_for()
    {
        var error = Assert.Throws<TesseraException>(() => new SystemMemory(1L << 62, SystemMemory.Sessions));

        Assert.Equal($"The system does not give {1L << 62:N0} bytes of memory.", error.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData((1 << 16) - 1)]
    [InlineData(1 << 16)]
    [InlineData(5 << 20)]
    public unsafe void Memory_is_aligned_and_can_be_written_throughout(int length)
    {
        using var plain = new SystemMemory(length, SystemMemory.Sessions);
        using var large = new SystemMemory(length, SystemMemory.Sessions, largePages: true);
        foreach (SystemMemory memory in (SystemMemory[])[plain, large])
        {
            new Span<byte>(memory.First, length).Fill(7);

            Assert.Equal(0, (long)memory.First % 64);
            Assert.Equal(length, memory.Length);
        }
    }
}
