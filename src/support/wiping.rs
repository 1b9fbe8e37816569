//! An allocator that wipes every block of memory before it is given back: what a destroyed term's
//! invoices left in answers, rows and buffers goes with the last use of each, without every type on
//! the way having to see to it. Keys do not rely on it: they are types that wipe themselves.
//!
//! Not promised: stacks, and registers. What stands there are pointers, lengths and digests; a test
//! looks through all writable memory after a destruction (`tests/destruction.rs`).
//!
//! The only `unsafe` here forwards to the system's allocator, and wipes exactly the block that its
//! owner has just given up.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator, wiping. A program uses it by `#[global_allocator]`.
pub struct Wiping;

// SAFETY: every block comes from `System` and goes back to it with the layout that it came with.
// Growing is left to the trait: a new block, a copy, and the old block freed, that is wiped.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // A plain write before `free` is one that the compiler may leave out; this is not.
        // SAFETY: the block has `layout.size()` bytes and nobody else uses it any more.
        unsafe { libc::explicit_bzero(block.cast(), layout.size()) };
        // SAFETY: the caller's promises are the same.
        unsafe { System.dealloc(block, layout) }
    }
}
