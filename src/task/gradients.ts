/**
 * Gradients of all operations of tfjs-core, which registers none by itself.
 *
 * The registry is one for all copies of tfjs-core in a page or program. Node cannot load this file of the
 * package unbuilt, so that the build and the tests take it in.
 *
 * @module
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
